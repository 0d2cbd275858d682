#include "diagnose/rules/browser_detail.h"

#include "base/text.h"
#include "http/grammar.h"

namespace quivive::diagnose::browser_detail {

bool is_browser(const Facts& facts) {
  return !facts.exchange->resource_type.empty() || !facts.request_field("sec-fetch-mode").empty() ||
         facts.request_field("user-agent").starts_with("Mozilla/");
}

bool is_chromium(const Facts& facts) {
  const std::string_view agent = facts.request_field("user-agent");
  return agent.find("Chrome/") != std::string_view::npos || agent.find("Chromium/") != std::string_view::npos ||
         !facts.request_field("sec-ch-ua").empty();
}

bool is_preflight(const Facts& facts) {
  if (facts.request() == nullptr || facts.request()->method != "OPTIONS") return false;
  return !facts.request_field("access-control-request-method").empty() || facts.exchange->resource_type == "preflight";
}

bool is_navigation(const Facts& facts) {
  const std::string_view mode = facts.request_field("sec-fetch-mode");
  if (!mode.empty()) return mode == "navigate";
  const std::string& type = facts.exchange->resource_type;
  return type == "document" || type == "iframe" ||
         (type.empty() && is_browser(facts) && facts.request_field("accept").starts_with("text/html"));
}

bool asks_for_data(const Facts& facts) {
  if (facts.request() == nullptr || is_navigation(facts)) return false;
  const std::string& type = facts.exchange->resource_type;
  if (type == "xhr" || type == "fetch") return true;
  const std::string accept = to_lower(facts.request_field("accept"));
  if (accept.find("text/html") != std::string::npos) return false;
  if (accept.find("json") != std::string::npos || iequals(facts.request_field("x-requested-with"), "XMLHttpRequest")) return true;
  const std::string path = to_lower(facts.request()->url.path) + '/';
  return path.find("/api/") != std::string::npos || path.find("/v1/") != std::string::npos || path.find("/v2/") != std::string::npos ||
         path.find("/graphql/") != std::string::npos || facts.request()->url.host.starts_with("api.") || facts.authorization() != nullptr;
}

std::optional<Url> initiator(const Facts& facts) {
  const std::string_view origin = facts.request_field("origin");
  if (!origin.empty() && origin != "null") return parse_url(origin);
  const std::string_view referer = facts.request_field("referer");
  if (!referer.empty()) return parse_url(referer);
  return std::nullopt;
}

Relation relation(const Facts& facts) {
  const std::string_view said = facts.request_field("sec-fetch-site");
  if (said == "same-origin" || said == "none") return Relation::SameOrigin;
  if (said == "same-site") return Relation::SameSite;
  if (said == "cross-site") return Relation::CrossSite;
  const auto from = initiator(facts);
  if (!from || from->host.empty() || facts.request() == nullptr || facts.request()->url.host.empty()) return Relation::Unknown;
  const Url& url = facts.request()->url;
  if (same_origin(*from, url)) return Relation::SameOrigin;
  // The scheme is part of a site ("schemeful same-site").
  const bool schemes = from->scheme == url.scheme || from->scheme.empty() || url.scheme.empty();
  return schemes && registrable_domain(from->host) == registrable_domain(url.host) ? Relation::SameSite : Relation::CrossSite;
}

bool is_local_host(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]";
}

std::vector<std::string> list_members(std::string_view value) {
  std::vector<std::string> out;
  while (const auto element = http::take_list_element(value)) out.push_back(to_lower(*element));
  return out;
}

std::string joined_field(const Facts& facts, std::string_view name) {
  std::string out;
  if (facts.response() == nullptr) return out;
  for (const HeaderField* field : facts.response()->headers.every(name)) out += (out.empty() ? "" : ", ") + field->value;
  return out;
}

}  // namespace quivive::diagnose::browser_detail
