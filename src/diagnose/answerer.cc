#include "diagnose/answerer.h"

#include "base/text.h"
#include "diagnose/own_gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose {
namespace {

enum class Part : std::uint8_t { Header, Body, Challenge, Host };
enum class Match : std::uint8_t { There, Is, Starts, Ends, Has };

struct AnswererRow {
  Answerer::Kind kind;
  std::string_view name;
  Part part;
  std::string_view field;
  Match match;
  std::string_view text;  // lower case
};
constexpr auto kAnswerers = std::to_array<AnswererRow>({
#define QUIVIVE_ANSWERER(kind, name, part, field, match, text) {Answerer::Kind::kind, name, Part::part, field, Match::match, text},
#include "diagnose/answerers.def"
#undef QUIVIVE_ANSWERER
});

bool matches(Match match, std::string_view text, std::string_view wanted) {
  switch (match) {
    case Match::There: return true;
    case Match::Is: return text == wanted;
    case Match::Starts: return text.starts_with(wanted);
    case Match::Ends: return text.ends_with(wanted);
    case Match::Has: return text.find(wanted) != std::string_view::npos;
  }
  return false;
}

bool fits(const AnswererRow& row, const Facts& facts, std::string_view lower_body) {
  switch (row.part) {
    case Part::Header:
      for (const HeaderField* field : facts.response()->headers.every(row.field)) {
        if (matches(row.match, to_lower(trim_ows(field->value)), row.text)) return true;
      }
      return false;
    case Part::Body: return matches(row.match, lower_body, row.text);
    case Part::Challenge:
      return std::any_of(facts.challenge_lines.begin(), facts.challenge_lines.end(),
                         [&](const std::string& line) { return matches(row.match, to_lower(trim_ows(line)), row.text); });
    case Part::Host: return facts.request() != nullptr && matches(row.match, facts.request()->url.host, row.text);
  }
  return false;
}

std::string evidence_of(const AnswererRow& row) {
  switch (row.part) {
    case Part::Header: return fmt::format("response.header {}", row.field);
    case Part::Body: return "response.body";
    case Part::Challenge: return "response.header www-authenticate";
    case Part::Host: return "request.url";
  }
  return "";
}

bool has(const Facts& facts, std::string_view name) { return facts.response()->headers.has(name); }

// The gateways that say in a field whether the upstream was asked at all.
std::optional<Answerer> told_by_gateway(const Facts& facts) {
  const std::string server = to_lower(facts.response_field("server"));
  if (has(facts, "x-kong-response-latency")) return Answerer{Answerer::Kind::Gateway, "Kong", "response.header x-kong-response-latency"};
  if (has(facts, "x-kong-upstream-latency"))
    return Answerer{Answerer::Kind::Application, "behind Kong", "response.header x-kong-upstream-latency"};
  if (server.starts_with("kong/")) return Answerer{Answerer::Kind::Gateway, "Kong", "response.header server"};
  const std::string_view envoy = server.starts_with("istio-envoy") ? "Istio" : "Envoy";
  if (has(facts, "x-envoy-upstream-service-time"))
    return Answerer{Answerer::Kind::Application, fmt::format("behind {}", envoy), "response.header x-envoy-upstream-service-time"};
  if (server == "envoy" || server == "istio-envoy") return Answerer{Answerer::Kind::Gateway, std::string(envoy), "response.header server"};
  // API Gateway's own answers name the error in a field, or have its one-member body; integrations write anything else.
  const bool apigw = has(facts, "x-amz-apigw-id") || has(facts, "apigw-requestid") ||
                     (has(facts, "x-amzn-requestid") && facts.request() != nullptr &&
                      facts.request()->url.host.find(".execute-api.") != std::string::npos);
  if (apigw) {
    const bool one_member =
        facts.body_json && facts.body_json->is_object() && facts.body_json->get_object().size() == 1 &&
        (member(facts.body_json->get_object(), "message") != nullptr || member(facts.body_json->get_object(), "Message") != nullptr);
    if (has(facts, "x-amzn-errortype") || one_member)
      return Answerer{Answerer::Kind::Gateway, "Amazon API Gateway",
                      has(facts, "x-amzn-errortype") ? "response.header x-amzn-errortype" : "response.body"};
    return Answerer{Answerer::Kind::Application, "behind Amazon API Gateway",
                    has(facts, "x-amz-apigw-id") ? "response.header x-amz-apigw-id" : "response.header apigw-requestid"};
  }
  return std::nullopt;
}

// Paths at which tokens are issued.
bool is_token_endpoint(const Facts& facts) {
  if (facts.request() == nullptr) return false;
  const std::string path = to_lower(facts.request()->url.path);
  static constexpr auto kEnds =
      std::to_array<std::string_view>({"/oauth/token", "/oauth2/token", "/oauth2/v1/token", "/oauth2/v2.0/token", "/connect/token",
                                       "/openid-connect/token", "/openid-connect/userinfo", "/oauth2/introspect", "/oauth/introspect",
                                       "/oauth2/userinfo", "/as/token.oauth2", "/oauth2/authorize", "/protocol/openid-connect/auth"});
  return std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) { return path.ends_with(end); }) ||
         (path.ends_with("/token") && (facts.server_says("\"invalid_client\"") || facts.server_says("\"invalid_grant\"") ||
                                       facts.server_says("\"unauthorized_client\"")));
}

// Servers that stand in front of others: their name says where the response came through, not who wrote it.
struct Front {
  std::string_view field, text, name;
};
constexpr auto kFronts = std::to_array<Front>({{"server", "cloudflare", "Cloudflare"},
                                               {"server", "nginx", "nginx"},
                                               {"server", "openresty", "OpenResty"},
                                               {"server", "apache", "Apache httpd"},
                                               {"server", "caddy", "Caddy"},
                                               {"server", "haproxy", "HAProxy"},
                                               {"server", "litespeed", "LiteSpeed"},
                                               {"server", "awselb", "an AWS load balancer"},
                                               {"x-amz-cf-id", "", "CloudFront"},
                                               {"cf-ray", "", "Cloudflare"},
                                               {"x-served-by", "cache-", "Fastly"},
                                               {"x-azure-ref", "", "Azure Front Door"},
                                               {"x-vercel-id", "", "Vercel"},
                                               {"x-varnish", "", "Varnish"},
                                               {"via", "", "a proxy"}});

const Front* front_of(const Facts& facts) {
  for (const Front& front : kFronts) {
    if (has(facts, front.field) && to_lower(facts.response_field(front.field)).starts_with(front.text)) return &front;
  }
  return nullptr;
}

// Whether the response has content that no plain web server makes up: JSON, or a challenge for tokens.
bool is_of_application(const Facts& facts) {
  if (facts.body_json) return true;
  if (to_lower(facts.response_field("content-type")).find("json") != std::string::npos) return true;
  for (const http::Challenge& one : facts.challenges.challenges) {
    if (!iequals(one.scheme, "Basic") && !iequals(one.scheme, "Digest") && !iequals(one.scheme, "Negotiate") &&
        !iequals(one.scheme, "NTLM"))
      return true;
  }
  return false;
}

Answerer to_proxy(const Facts& facts) {
  for (const std::string_view field : {"proxy-agent", "server", "via"}) {
    const std::string_view value = facts.response_field(field);
    if (value.empty()) continue;
    std::string name = field == "via" ? std::string(value.substr(value.find(' ') == std::string_view::npos ? 0 : value.find(' ') + 1))
                                      : std::string(value.substr(0, value.find('/')));
    return {Answerer::Kind::Proxy, printable(name, 60), fmt::format("response.header {}", field)};
  }
  return {Answerer::Kind::Proxy, "", "response.status"};
}

}  // namespace

std::string_view name_of(Answerer::Kind kind) {
  switch (kind) {
    case Answerer::Kind::Application: return "application";
    case Answerer::Kind::Gateway: return "gateway";
    case Answerer::Kind::Proxy: return "proxy";
    case Answerer::Kind::Cdn: return "cdn";
    case Answerer::Kind::Idp: return "idp";
    case Answerer::Kind::Unknown: return "unknown";
  }
  return "unknown";
}

Answerer identify_answerer(const Facts& facts) {
  if (facts.response() == nullptr || facts.status == 0) return {};
  if (facts.exchange->to_proxy || facts.status == 407) return to_proxy(facts);
  if (const auto own = own_rejection(facts)) return {Answerer::Kind::Gateway, "Quivive", own->evidence};
  const std::string body = to_lower(facts.response_body());
  const std::string_view trimmed = std::string_view(body).substr(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
  // A name in Server may be of whoever stands in front; a page or a word of its own is not.
  const auto said = std::find_if(kAnswerers.begin(), kAnswerers.end(),
                                 [&](const AnswererRow& row) { return row.field != "server" && fits(row, facts, trimmed); });
  const bool own_words = said != kAnswerers.end() && (said->part == Part::Body || said->kind != Answerer::Kind::Application);
  if (own_words) return {said->kind, std::string(said->name), evidence_of(*said)};
  if (auto told = told_by_gateway(facts)) {
    if (told->kind == Answerer::Kind::Application && said != kAnswerers.end())
      return {said->kind, fmt::format("{}, {}", said->name, told->name), evidence_of(*said)};
    return *told;
  }
  if (said != kAnswerers.end()) return {said->kind, std::string(said->name), evidence_of(*said)};
  const auto named = std::find_if(kAnswerers.begin(), kAnswerers.end(),
                                  [&](const AnswererRow& row) { return row.field == "server" && fits(row, facts, trimmed); });
  if (named != kAnswerers.end()) return {named->kind, std::string(named->name), evidence_of(*named)};
  if (is_token_endpoint(facts)) return {Answerer::Kind::Idp, "", "request.url"};
  const Front* front = front_of(facts);
  if (is_of_application(facts)) {
    if (front != nullptr)
      return {Answerer::Kind::Application, fmt::format("behind {}", front->name),
              facts.body_json ? "response.body" : "response.header www-authenticate"};
    return {Answerer::Kind::Application, "", facts.body_json ? "response.body" : "response.header"};
  }
  // Neither a page of its own nor anything of an application: who stands in front, if it is a web server, may have written it.
  if (front != nullptr && front->field == "server" && front->name == "Cloudflare")
    return {Answerer::Kind::Unknown, "behind Cloudflare", "response.header server"};
  if (front != nullptr && front->field == "server")
    return {facts.status == 401 && facts.challenge("Basic") != nullptr ? Answerer::Kind::Proxy : Answerer::Kind::Unknown,
            std::string(front->name), "response.header server"};
  return {};
}

}  // namespace quivive::diagnose
