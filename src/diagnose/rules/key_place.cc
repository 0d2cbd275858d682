// Where a key was put, against where the server looks for it: header or query, and under which name.

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rules/key_detail.h"
#include "diagnose/sent_value.h"
#include "diagnose/vendors.h"
#include "diagnose/wording.h"
#include "http/grammar.h"
#include "http/query.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

// Fields that services read keys from, lower case; a longer one before those that it holds.
constexpr auto kKeyHeaders = std::to_array<std::string_view>({"ocp-apim-subscription-key",
                                                              "x-shopify-access-token",
                                                              "x-subscription-key",
                                                              "x-goog-api-key",
                                                              "x-rapidapi-key",
                                                              "x-functions-key",
                                                              "x-figma-token",
                                                              "x-vault-token",
                                                              "x-access-token",
                                                              "x-gitlab-token",
                                                              "private-token",
                                                              "x-auth-token",
                                                              "x-api-token",
                                                              "x-auth-key",
                                                              "x-access-key",
                                                              "x-app-key",
                                                              "x-api-key",
                                                              "x-apikey",
                                                              "x-token",
                                                              "api-key",
                                                              "apikey",
                                                              "api_key"});

// The field that the answer names where it speaks of a missing key; "" where it names none.
std::string_view named_by_server(const Facts& facts) {
  std::string text = to_lower(facts.response_body());
  for (const std::string& line : facts.challenge_lines) text += '\n' + to_lower(line);
  const auto is_part = [](char c) { return http::is_tchar(c) && c != '\'' && c != '`' && c != '*'; };
  for (const std::string_view name : kKeyHeaders) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]) || text[end] == '.')) {
        // JSON such as {"apikey": "missing"} and prose like "invalid api-key" name no field.
        const bool word = name == "apikey" || name == "api-key" || name == "api_key";
        if (!word || text.find("header") != std::string::npos) return name;
      }
    }
  }
  return {};
}

constexpr auto kMissingTexts = std::to_array<std::string_view>({"no api key",
                                                                "missing api key",
                                                                "api key is missing",
                                                                "api key missing",
                                                                "api key required",
                                                                "api key is required",
                                                                "apikey is required",
                                                                "missing apikey",
                                                                "did not provide an api key",
                                                                "api key not found",
                                                                "missing subscription key",
                                                                "no apikey",
                                                                "requires an api key",
                                                                "api key was not provided",
                                                                "api key not provided",
                                                                "provide an api key",
                                                                "missing_api_key",
                                                                "api_key_missing",
                                                                "must provide an api key",
                                                                "missing key"});

bool says_missing(const Facts& facts) {
  return std::any_of(kMissingTexts.begin(), kMissingTexts.end(), [&](std::string_view text) { return facts.server_says(text); });
}

// Servers and proxies that drop fields with an underscore in their name unless told otherwise.
std::string_view dropper_of(const Facts& facts) {
  const std::string server = to_lower(facts.response_field("server"));
  for (const std::string_view name : {"nginx", "openresty", "apache", "cloudflare", "awselb", "haproxy", "envoy", "kong"}) {
    if (server.find(name) != std::string::npos) return name;
  }
  return !facts.response_field("via").empty() ? "a proxy" : std::string_view();
}

// The query parameter that the answer asks for: "the query parameter 'key' is missing".
std::string query_parameter_named(const Facts& facts) {
  const std::string text = to_lower(facts.response_body());
  constexpr std::string_view kWords = "query parameter";
  const std::size_t at = text.find(kWords);
  if (at == std::string::npos) return {};
  const std::size_t begin = text.find_first_of("'\"`", at + kWords.size());
  if (begin == std::string::npos || begin > at + kWords.size() + 6) return {};
  const std::size_t end = text.find_first_of("'\"`\\", begin + 1);
  return end == std::string::npos || end - begin > 40 ? std::string() : text.substr(begin + 1, end - begin - 1);
}

std::string hyphenated(std::string_view name) {
  std::string out(trim_ows(name));
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

const SentCredential* find_key(const Context& context, const Facts& facts, Place place) {
  const auto found = std::find_if(facts.credentials.begin(), facts.credentials.end(), [&](const SentCredential& c) {
    return c.place == place && is_key_name(c.name) && kind_of_value(c.rest) == ValueKind::Plain && !is_masked(c.rest) &&
           !is_filled_by_shell(context.capture, facts, c);
  });
  return found == facts.credentials.end() ? nullptr : &*found;
}

void say_underscore(const Facts& facts, const SentCredential& c, Report& report) {
  const std::string_view dropper = dropper_of(facts);
  report.fault(Cause::UnderscoreHeaderDropped, Certainty::Probable, facts)
      .summary("The key's header '" + std::string(trim_ows(c.name)) + "' has an underscore, and " +
               (dropper.empty() ? "many servers drop" : std::string(dropper) + (dropper == "a proxy" ? " may drop" : " drops")) +
               " such headers unless told otherwise.")
      .detail("The same request sent directly to the application, past the proxy, decides it.")
      .fix("Name the header with hyphens (" + hyphenated(c.name) +
           "). On nginx: underscores_in_headers on; Apache 2.4 accepts no underscore.")
      .see("request.header", c.name, c.value, "")
      .see("response.header", "Server", std::string(facts.response_field("server")));
}

void say_name(const Facts& facts, const SentCredential& c, std::string_view wanted, bool said, Report& report) {
  auto entry = report.fault(Cause::KeyHeaderName, Certainty::Probable, facts);
  entry
      .summary(wanted.empty() ? "The key is in the header '" + std::string(trim_ows(c.name)) +
                                    "', and the server says that it found none: it reads another name."
                              : "The key is in the header '" + std::string(trim_ows(c.name)) + "', and the server reads '" +
                                    std::string(wanted) + "'.")
      .fix(wanted.empty()
               ? "Look the header's name up in the service's documentation (X-API-Key, api-key and apikey are three names), and rename it."
               : "Rename the header to " + std::string(wanted) + ".")
      .see("request.header", c.name, c.value, "");
  if (said) entry.server_said();
}

void say_place(const Context& context, const Facts& facts, const SentCredential& c, const std::string& there, Report& report) {
  const bool postman = std::any_of(context.capture.declared.begin(), context.capture.declared.end(),
                                   [&](const DeclaredAuth& one) { return one.exchange == facts.at && iequals(one.type, "apikey"); });
  report.fault(Cause::KeyInWrongPlace, Certainty::Probable, facts)
      .summary("The key is in " + place_text(c) + ", and the server looks for it in " + there + ".")
      .fix(postman ? "In Postman's Authorization tab (API Key), change \"Add to\" and the key's name so that it goes into " + there + "."
                   : "Move it to " + there + ".")
      .see(std::string(part_of(c)), c.name, c.place == Place::Query ? c.name + "=" + c.value : c.value);
}

// `X-API-Key: Bearer x`: the name of one field, and the value of another.
void say_scheme(const Facts& facts, const SentCredential& c, bool wants_authorization, Report& report) {
  const std::string name(trim_ows(c.name));
  report.fault(Cause::KeyInWrongPlace, Certainty::Probable, facts)
      .summary("The header " + name + " holds '" + c.scheme + "' and a token, which is how the header Authorization is written" +
               (wants_authorization ? ", and the server looks there." : "; a server that reads " + name + " takes all of it for the key."))
      .fix("Send it as Authorization: " + c.scheme + " <token>" +
           (wants_authorization ? "." : "; or, where the service does read " + name + ", send the key alone, without '" + c.scheme + "'."))
      .see("request.header", c.name, c.value, c.scheme);
}

// A name that is almost one of the usual ones: `X-API-Kye`, `X-Api-Keys`.
bool report_slip(const Facts& facts, Report& report) {
  for (const HeaderField& field : facts.request()->headers.all()) {
    const std::string name = to_lower(trim_ows(field.name));
    if (name.size() < 6 || is_key_name(name) || iequals(name, "authorization") || field.value.size() < 12) continue;
    const bool shaped = name.find("key") != std::string::npos || name.find("kye") != std::string::npos ||
                        name.find("api") != std::string::npos || name.find("token") != std::string::npos;
    if (!shaped || name.find("idempotency") != std::string::npos || name.find("version") != std::string::npos ||
        name.find("csrf") != std::string::npos || name.find("xsrf") != std::string::npos)
      continue;
    const std::string_view meant = closest(name, kKeyHeaders);
    const std::size_t difference = meant.size() > name.size() ? meant.size() - name.size() : name.size() - meant.size();
    if (meant.empty() || difference > 2 || meant == name) continue;
    report.fault(Cause::KeyHeaderName, Certainty::Probable, facts)
        .summary("The key is in a header named '" + std::string(trim_ows(field.name)) + "', which is almost '" + std::string(meant) + "'.")
        .fix("Rename the header to " + std::string(meant) + ", or to what the service's documentation says.")
        .see("request.header", field.name, field.value, "");
    return true;
  }
  return false;
}

void gitlab(const Context& context, const Facts& facts, Report& report) {
  const auto say = [&](const SentCredential& c, const std::string& what, const std::string& field) {
    report.fault(Cause::GitlabHeaderKind, Certainty::Probable, facts)
        .summary("The credential is a GitLab " + what + " in " + place_text(c) +
                 (c.scheme.empty() ? "" : " (" + std::string(c.scheme) + ")") + "; GitLab reads that kind from " + field + ".")
        .fix("Send it as " + field + ": <token>.")
        .see("request.header", c.name, c.value);
  };
  for (const SentCredential& c : facts.credentials) {
    const std::string secret = bare_secret(c);
    const bool header = c.place == Place::Header, bearer = c.place == Place::Authorization && !c.is("Basic");
    const bool job =
        secret.starts_with("glcbt-") ||
        std::any_of(context.capture.remarks.begin(), context.capture.remarks.end(), [&](const SourceRemark& r) {
          return r.exchange == facts.at && r.text.find("CI_JOB_TOKEN") != std::string::npos && c.value.find(r.text) != std::string::npos;
        });
    if (job && ((header && iequals(c.name, "private-token")) || bearer)) return say(c, "CI job token", "JOB-TOKEN");
    if (!facts.is_open()) continue;
    if (secret.starts_with("glpat-") && header && iequals(c.name, "job-token")) return say(c, "personal access token", "PRIVATE-TOKEN");
    if (secret.starts_with("gldt-") && (bearer || (header && iequals(c.name, "private-token"))))
      return say(c, "deploy token", "Deploy-Token");
    // Current GitLab reads a personal access token behind Bearer too; versions before 12 do not.
    if (secret.starts_with("glpat-") && bearer && facts.status == 401 && find_vendor_host(facts.request()->url.host) == nullptr)
      return say(c, "personal access token", "PRIVATE-TOKEN");
  }
}

void place_and_name(const Context& context, const Facts& facts, Report& report) {
  const Headers& headers = facts.request()->headers;
  const SentCredential* in_header = find_key(context, facts, Place::Header);
  const SentCredential* in_query = find_key(context, facts, Place::Query);
  const SentCredential* authorization = facts.authorization();
  const VendorHost* owner = find_vendor_host(facts.request()->url.host);
  const bool missing = says_missing(facts);

  if (const std::string parameter = query_parameter_named(facts); !parameter.empty() && in_query == nullptr) {
    const SentCredential* elsewhere = in_header != nullptr ? in_header : authorization;
    if (elsewhere != nullptr) return say_place(context, facts, *elsewhere, "the query parameter " + parameter, report);
  }
  const std::string_view named = named_by_server(facts);
  std::string wanted(named);
  if (wanted.empty() && owner != nullptr && !iequals(owner->header, "Authorization")) wanted = owner->header;
  if (!wanted.empty() && !headers.has(wanted)) {
    const bool in_owners_query = owner != nullptr && in_query != nullptr && iequals(in_query->name, owner->query);
    if (in_header != nullptr) {
      const bool only_underscore = in_header->name.find('_') != std::string::npos && iequals(hyphenated(in_header->name), wanted);
      return only_underscore ? say_underscore(facts, *in_header, report) : say_name(facts, *in_header, wanted, !named.empty(), report);
    }
    if (in_query != nullptr && !in_owners_query) return say_place(context, facts, *in_query, "the header " + wanted, report);
    const bool plain = authorization != nullptr && kind_of_value(authorization->rest) == ValueKind::Plain &&
                       !is_filled_by_shell(context.capture, facts, *authorization);
    if (plain && !authorization->token && !in_owners_query) {
      const VendorToken* token = find_vendor_token(bare_secret(*authorization));
      const bool own_key = token != nullptr && token->placement == Placement::Header && is_for_host(*token, facts.request()->url.host);
      const bool either = facts.server_says("authorization") || facts.server_says("bearer");  // "send Authorization or X-API-Key"
      const auto& challenges = facts.challenges.challenges;
      const bool asks_for_it = challenges.empty() ? !either : challenges.front().param("name") != nullptr;
      if (own_key || (!named.empty() && asks_for_it)) return say_place(context, facts, *authorization, "the header " + wanted, report);
    }
  }
  // Google's API keys are no OAuth tokens, and Bearer is for those.
  if (authorization != nullptr && authorization->is("Bearer") && authorization->rest.starts_with("AIza") && owner != nullptr &&
      owner->vendor == "Google") {
    return say_place(context, facts, *authorization, "the header X-Goog-Api-Key or the query parameter key", report);
  }
  if (owner != nullptr && owner->header.empty() && !owner->query.empty() && in_query == nullptr) {
    const SentCredential* other = in_header != nullptr ? in_header : authorization;
    if (other != nullptr && http::find_parameter(facts.request()->url.query, owner->query).count != 0) return;
    if (other != nullptr) return say_place(context, facts, *other, "the query parameter " + std::string(owner->query), report);
  }
  const bool wants_authorization = (owner != nullptr && iequals(owner->header, "Authorization")) ||
                                   facts.server_says("missing authorization") || facts.server_says("authorization header is missing") ||
                                   facts.server_says("authorization header is required") || facts.server_says("no authorization header") ||
                                   facts.challenge("Bearer") != nullptr;
  if (authorization == nullptr && facts.status == 401) {
    // A key beside a challenge for Bearer may be another gateway's; a JWT, or a vendor's own token, is what was meant.
    for (const SentCredential* c : {in_header, in_query}) {
      if (c == nullptr || iequals(c->name, "access_token")) continue;
      if (c == in_header && !c->scheme.empty()) return say_scheme(facts, *c, wants_authorization, report);
      if (!wants_authorization) continue;
      const bool own = owner != nullptr && iequals(owner->header, "Authorization");
      if (c->token || own || (facts.challenges.challenges.empty() && named.empty()))
        return say_place(context, facts, *c, "the header Authorization, behind Bearer", report);
    }
  }
  if (in_header != nullptr && in_header->name.find('_') != std::string::npos && (missing || !dropper_of(facts).empty()) &&
      authorization == nullptr)
    return say_underscore(facts, *in_header, report);
  if (!missing) return;
  if (in_header != nullptr) return say_name(facts, *in_header, "", true, report);
  if (in_query != nullptr) say_place(context, facts, *in_query, "a header", report);
}

}  // namespace

void key_place(const Context& context, const Facts& facts, Report& report) {
  gitlab(context, facts, report);
  const bool refused = facts.is_refused() && (facts.status == 400 || facts.status == 401 || facts.status == 403);
  if (!refused || report.has_error(facts)) return;
  if (report_slip(facts, report)) return;
  place_and_name(context, facts, report);
}

}  // namespace quivive::diagnose::rules
