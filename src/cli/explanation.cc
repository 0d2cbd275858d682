#include "cli/explanation.h"

#include "base/text.h"
#include "net/fetch.h"

#include <algorithm>

namespace quivive::cli {

bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxRequestId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
  });
}

Result<Explanation, Failure> fetch_explanation(const std::string& admin, const std::string& id) {
  net::fetch_init();
  auto response = net::fetch(fmt::format("http://{}/explain/{}", admin, id));
  if (!response) {
    return Failure{kFailed, fmt::format("{}; is the gateway running, and is {} its admin listener?", response.error().message, admin)};
  }
  if (response->status == 404) return Failure{kNo, fmt::format("no rejection {} is remembered; the gateway keeps the last few hundred", id)};
  auto parsed = parse_json(response->body);
  if (response->status != 200 || !parsed || !parsed->is_object()) {
    return Failure{kFailed, fmt::format("{} does not answer as an admin listener does (status {})", admin, response->status)};
  }
  return Explanation{std::move(response->body), std::move(parsed->get_object())};
}

}  // namespace quivive::cli
