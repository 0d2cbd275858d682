#include "cli/explanation.h"

#include "base/text.h"
#include "cli/admin_client.h"

#include <algorithm>

namespace quivive::cli {

bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxRequestId && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
  });
}

Result<Explanation, Failure> fetch_explanation(const std::string& admin, const std::string& id) {
  auto response = ask_admin(admin, "/explain/" + id, net::FetchMethod::Get, std::chrono::seconds(5));
  if (!response) return response.error();
  if (response->status == 404) return Failure{kNo, fmt::format("no rejection {} is remembered; the gateway keeps the last few hundred", id)};
  auto parsed = parse_json(response->body);
  if (response->status != 200 || !parsed || !parsed->is_object()) {
    return no_admin_listener(admin, response->status);
  }
  return Explanation{std::move(response->body), std::move(parsed->get_object())};
}

}  // namespace quivive::cli
