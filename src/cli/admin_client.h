#pragma once
// How commands ask the admin listener of a running gateway.

#include "cli/command.h"
#include "net/fetch.h"

#include <string>
#include <string_view>

namespace quivive::cli {

// `admin` is an address, host:port; `path` begins with '/'. A Failure (kFailed) only where nobody answers.
[[nodiscard]] Result<net::FetchResponse, Failure> ask_admin(const std::string& admin, std::string_view path, net::FetchMethod method,
                                                            std::chrono::seconds timeout);
// Something answers there, and in another way than an admin listener does.
[[nodiscard]] Failure no_admin_listener(const std::string& admin, long status);

}  // namespace quivive::cli
