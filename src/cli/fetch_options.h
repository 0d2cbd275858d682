#pragma once
// What `quivive fetch` was asked to do: its options.

#include "cli/fetch_input.h"
#include "cli/login_flow.h"
#include "cli/options.h"
#include "client/redirect.h"

#include <chrono>
#include <string>
#include <vector>

namespace quivive::cli {

struct FetchOptions {
  std::string url, method;
  std::vector<std::string> headers;
  BodyOptions body;
  CredentialOptions credentials;
  bool include = false, location = false, verbose = false, fail = false, allow_plain_http = false;
  std::string output, ca_file;
  double max_time = 0, max_wait = 0;  // seconds
  bool login = false;
  AskedLogin sign_in;

  [[nodiscard]] std::chrono::milliseconds time_for_all() const { return std::chrono::milliseconds(static_cast<std::int64_t>(max_time * 1000)); }
};

void add_fetch_options(Options& options, FetchOptions& asked);
// Whether they go together, and where the request goes. A Failure says what to do.
[[nodiscard]] Result<client::TargetUrl, Failure> read_target(const FetchOptions& asked);

}  // namespace quivive::cli
