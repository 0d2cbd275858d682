#include "diagnose/rules/token_request.h"

#include "base/json.h"
#include "base/text.h"
#include "http/query.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {

std::string body_member(const Facts& facts, std::string_view name) {
  if (facts.request() == nullptr) return {};
  const std::string_view body = trim_ows(facts.request()->body);
  if (body.starts_with('{')) {
    const auto json = parse_json(body, {.depth = 16, .bytes = kMaxBodyKept});
    if (!json || !json->is_object()) return {};
    return std::string(string_member(json->get_object(), name).value_or(""));
  }
  return http::form_decode(http::find_parameter(body, name).value);
}

std::string answer_member(const Facts& facts, std::string_view name) {
  if (!facts.body_json || !facts.body_json->is_object()) return {};
  return std::string(string_member(facts.body_json->get_object(), name).value_or(""));
}

bool is_token_request(const Facts& facts) {
  const Request* request = facts.request();
  if (request == nullptr || iequals(request->method, "GET") || iequals(request->method, "OPTIONS")) return false;
  if (!body_member(facts, "grant_type").empty()) return true;
  static constexpr auto kEndings = std::to_array<std::string_view>(
      {"/oauth/token", "/oauth2/token", "/oauth2/v2.0/token", "/openid-connect/token", "/connect/token", "/oauth2/v1/token",
       "/as/token.oauth2", "/oauth/access_token", "/login/oauth/access_token", "/introspect", "/oauth/revoke", "/oauth2/revoke"});
  const std::string_view path = request->url.path;
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return path.ends_with(ending); });
}

}  // namespace quivive::diagnose::rules
