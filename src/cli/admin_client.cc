#include "cli/admin_client.h"

#include <fmt/format.h>

namespace quivive::cli {

Result<net::FetchResponse, Failure> ask_admin(const std::string& admin, std::string_view path, net::FetchMethod method, std::chrono::seconds timeout) {
  net::fetch_init();
  auto response = net::fetch(fmt::format("http://{}{}", admin, path), {.timeout = timeout}, method);
  if (!response) return Failure{kFailed, fmt::format("{}; is the gateway running, and is {} its admin listener?", response.error().message, admin)};
  return std::move(*response);
}

Failure no_admin_listener(const std::string& admin, long status) {
  return {kFailed, fmt::format("{} does not answer as an admin listener does (status {})", admin, status)};
}

}  // namespace quivive::cli
