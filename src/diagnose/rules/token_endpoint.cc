// Refusals of an OAuth token endpoint: how the client says who it is, and what it hands over.

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rule.h"
#include "diagnose/rules/token_request.h"
#include "diagnose/sent_value.h"
#include "diagnose/wording.h"
#include "http/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace quivive::diagnose::rules {
namespace {

bool is_invalid_client(const Facts& facts) {
  const std::string error = answer_member(facts, "error");
  return error == "invalid_client" || error == "unauthorized_client" || facts.server_says("invalid_client") ||
         (facts.status == 401 && error.empty());
}

// How a client authenticates (RFC 8414 section 2, token_endpoint_auth_methods_supported).
struct Method {
  std::string_view name;
  std::string_view how;
};
constexpr Method kBasic{"client_secret_basic", "the secret in an Authorization: Basic header"};
constexpr Method kPost{"client_secret_post", "the secret in the body"};
constexpr Method kAssertion{"private_key_jwt", "a signed assertion"};
constexpr Method kNoSecret{"none", "only client_id, without a secret"};

std::optional<Method> method_of(const Facts& facts) {
  const SentCredential* sent = facts.authorization();
  if (sent != nullptr && sent->is("Basic")) return kBasic;
  if (sent != nullptr) return std::nullopt;
  if (!body_member(facts, "client_assertion").empty()) return kAssertion;
  if (!body_member(facts, "client_secret").empty()) return kPost;
  if (!body_member(facts, "client_id").empty()) return kNoSecret;
  return std::nullopt;
}

// The discovery document for this endpoint, where the capture has one.
const Facts* find_metadata(const Context& context, const Facts& facts) {
  for (const Facts& one : context.facts) {
    if (one.status != 200 || !one.body_json || !one.body_json->is_object()) continue;
    const std::string endpoint = answer_member(one, "token_endpoint");
    if (endpoint.empty()) continue;
    const Url url = parse_url(endpoint);
    if (url.host == facts.request()->url.host && url.path == facts.request()->url.path) return &one;
  }
  return nullptr;
}

std::vector<std::string> methods_listed(const Facts& metadata) {
  const Json* list = member(metadata.body_json->get_object(), "token_endpoint_auth_methods_supported");
  std::vector<std::string> out;
  if (list == nullptr) return {"client_secret_basic"};  // the default (RFC 8414 section 2)
  if (!list->is_array()) return out;
  for (const Json& one : list->get_array()) {
    if (one.is_string()) out.emplace_back(one.get_string());
  }
  return out;
}

std::string how_to_switch(std::span<const std::string> wanted) {
  const auto has = [&](std::string_view name) { return std::find(wanted.begin(), wanted.end(), name) != wanted.end(); };
  if (has("client_secret_basic"))
    return "Send client id and secret as Basic (curl -u 'id:secret', auth=(id, secret) in requests) and take client_secret out of the "
           "body.";
  if (has("client_secret_post")) return "Send client_id and client_secret in the body, without an Authorization header.";
  if (has("private_key_jwt")) return "Sign a client assertion with the registered key (client_assertion, RFC 7523).";
  if (has("tls_client_auth")) return "Connect with the registered client certificate: curl --cert.";
  return "Register the client for the way it authenticates, or use one that is registered.";
}

void say_evidence(const Facts& facts, Report::Entry entry) {
  if (const SentCredential* sent = facts.authorization()) entry.see("request.header", sent->name, sent->value);
  else if (!body_member(facts, "client_secret").empty())
    entry.see("request.body", "client_secret", "client_secret=" + body_member(facts, "client_secret"));
  if (const std::string error = answer_member(facts, "error"); !error.empty()) entry.see("response.body", "error", error);
}

void client_method(const Context& context, const Facts& facts, Report& report) {
  const std::optional<Method> used = method_of(facts);
  // Servers that say it: Ory Hydra, Entra, node-oidc-provider, Spring.
  static constexpr auto kTexts = std::to_array<std::string_view>(
      {"but method 'client_secret", "client supports client authentication method", "aadsts7000218", "token_endpoint_auth_method",
       "client authentication method is not", "client authentication method not", "unsupported client authentication method",
       "unsupported authentication method", "must use client_secret_", "authentication method 'client_secret",
       "provided authentication mechanism does not match", "the authorization server only supports client_secret"});
  const auto text = std::find_if(kTexts.begin(), kTexts.end(), [&](std::string_view one) { return facts.server_says(one); });
  if (text != kTexts.end()) {
    auto entry = report.fault(Cause::WrongClientAuthMethod, Certainty::Certain, facts);
    entry
        .summary(used ? "The client authenticates with " + std::string(used->how) + " (" + std::string(used->name) +
                            "), and the server says that it is registered for another way."
                      : "The server says that the client must authenticate in another way.")
        .fix(facts.server_says("aadsts7000218") ? "Send client_secret (or client_assertion) in the body; for an app without a secret, "
                                                  "allow public client flows in its registration."
             : used && used->name == kBasic.name
                 ? "Send client_id and client_secret in the body, or set the client's token_endpoint_auth_method to client_secret_basic."
             : used && used->name == kPost.name
                 ? "Send the secret as Basic (curl -u 'id:secret'), or set the client's token_endpoint_auth_method to client_secret_post."
                 : "Use the way that the client is registered for, or change its registration.")
        .server_said();
    return say_evidence(facts, entry);
  }
  if (!used || !is_invalid_client(facts)) return;
  if (const Facts* metadata = find_metadata(context, facts)) {
    const std::vector<std::string> listed = methods_listed(*metadata);
    const bool named = member(metadata->body_json->get_object(), "token_endpoint_auth_methods_supported") != nullptr;
    if (listed.empty() || std::find(listed.begin(), listed.end(), used->name) != listed.end()) return;
    auto entry = report.fault(Cause::WrongClientAuthMethod, named ? Certainty::Certain : Certainty::Probable, facts);
    entry
        .summary("The client authenticates with " + std::string(used->how) + " (" + std::string(used->name) +
                 "), and the server's discovery document " +
                 (named ? "lists only " + list_text(listed) + "." : "lists no methods, which stands for client_secret_basic."))
        .fix(how_to_switch(listed));
    say_evidence(facts, entry);
    entry.see("response.body", "token_endpoint_auth_methods_supported", list_text(listed));
    return;
  }
  // A challenge for Basic, where the secret came in the body (RFC 6749 section 5.2 has one only for who tried Authorization).
  if (used->name == kPost.name && facts.challenge("Basic") != nullptr) {
    auto entry = report.fault(Cause::WrongClientAuthMethod, Certainty::Probable, facts);
    entry.summary("The client sends its secret in the body, and the token endpoint asks for Basic.")
        .fix(how_to_switch(std::array<std::string, 1>{"client_secret_basic"}));
    say_evidence(facts, entry);
    entry.see("response.header", "WWW-Authenticate", facts.challenge_lines.front());
  }
}

// RFC 6749 section 2.3.1: id and secret are form-encoded before they become user name and password.
void form_encoding(const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (sent == nullptr || !sent->is("Basic") || !is_invalid_client(facts) || report.has_error(facts)) return;
  const BasicPayload payload = read_basic(sent->rest);
  if (!payload.has_colon()) return;
  const std::string id(payload.user()), secret(payload.password());
  const std::string both = id + secret;
  const auto escape = [&] {
    for (std::size_t at = both.find('%'); at != std::string::npos; at = both.find('%', at + 1)) {
      if (at + 2 < both.size() && http::is_hex_digit(both[at + 1]) && http::is_hex_digit(both[at + 2])) return both.substr(at, 3);
    }
    return std::string();
  }();
  const bool changes = both.find_first_of("+% ") != std::string::npos || secret.find(':') != std::string::npos;
  const bool special = changes || both.find_first_of("/=&") != std::string::npos;
  if (!special) return;
  const std::string character = escape.empty() ? both.substr(both.find_first_of(changes ? "+% :" : "/=&"), 1) : escape;
  report.fault(Cause::ClientBasicNotFormencoded, changes ? Certainty::Probable : Certainty::Suggestive, facts)
      .summary(escape.empty() ? "The client's id or secret has a special character ('" + character +
                                    "') and was put into Basic as it is; OAuth servers decode it as a form value first."
                              : "The client's secret was form-encoded before Basic ('" + escape +
                                    "'); a server that does not decode it compares another secret.")
      .detail(escape.empty()
                  ? "RFC 6749 section 2.3.1 wants id and secret form-encoded before they are joined: '+' would be read as a space."
                  : "RFC 6749 section 2.3.1 wants this, and many servers do not follow it.")
      .fix(escape.empty() ? "Form-encode id and secret before Basic (quote_plus in Python, URLSearchParams in JavaScript), or send them in "
                            "the body (client_secret_post)."
                          : "Send the secret unencoded in Basic, or in the body (client_secret_post).")
      .see("request.header", sent->name, sent->value);
}

// A GUID where a secret belongs: Entra shows the secret's id beside its value.
bool is_guid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-') || (!dash && !http::is_hex_digit(text[i]))) return false;
  }
  return true;
}

void secret_expired(const Facts& facts, Report& report) {
  const bool expired = facts.server_says("aadsts7000222") || facts.server_says("client secret keys for app") ||
                       facts.server_says("client secret has expired") || facts.server_says("client secret is expired");
  const bool wrong = facts.server_says("aadsts7000215");
  if (!expired && !wrong) return;
  std::string secret = body_member(facts, "client_secret");
  if (const SentCredential* sent = facts.authorization(); secret.empty() && sent != nullptr && sent->is("Basic"))
    secret = std::string(read_basic(sent->rest).password());
  const bool id = wrong && is_guid(secret);
  const std::string code = expired ? (facts.server_says("aadsts7000222") ? "AADSTS7000222" : "client secret expired") : "AADSTS7000215";
  report.fault(Cause::SecretExpired, Certainty::Certain, facts)
      .summary(expired ? "The client secret has expired, says the identity provider (" + code + ")."
               : id    ? "The client secret that was sent is the secret's id, not its value, says the identity provider (" + code + ")."
                       : "The client secret is not valid, says the identity provider (" + code +
                          "); often it is the secret's id in place of its value.")
      .fix(expired ? "Make a new client secret in the app registration and put its value where the client reads it."
                   : "Copy the secret's Value, shown only when it is made, not its Secret ID; make a new one if it is gone.")
      .see("response.body", "error_description", code, code)
      .server_said();
}

void refresh_reuse(const Context& context, const Facts& facts, Report& report) {
  if (!facts.is_refused() || body_member(facts, "grant_type") != "refresh_token") return;
  static constexpr auto kTexts = std::to_array<std::string_view>(
      {"token reuse", "reuse detected", "already used", "already been used", "maximum allowed refresh token reuse",
       "refresh token has been used", "stale token", "was already redeemed", "refresh token has already", "token was already"});
  const auto text = std::find_if(kTexts.begin(), kTexts.end(), [&](std::string_view one) { return facts.server_says(one); });
  const std::string token = body_member(facts, "refresh_token");
  const auto earlier =
      std::find_if(context.facts.begin(), context.facts.begin() + static_cast<std::ptrdiff_t>(facts.at), [&](const Facts& one) {
        return one.status / 100 == 2 && !token.empty() && body_member(one, "grant_type") == "refresh_token" &&
               body_member(one, "refresh_token") == token;
      });
  const bool used = facts.at > 0 && earlier != context.facts.begin() + static_cast<std::ptrdiff_t>(facts.at);
  if (!used && text == kTexts.end()) return;
  if (text == kTexts.end() && answer_member(facts, "error") != "invalid_grant") return;
  auto entry = report.fault(Cause::RefreshReuse, text != kTexts.end() ? Certainty::Certain : Certainty::Probable, facts);
  entry
      .summary(
          used ? fmt::format(
                     "Exchange {} redeemed the same refresh token already; the server hands out a new one each time and refuses the old.",
                     earlier->exchange->index)
               : "The server says that this refresh token was used before.")
      .detail("Two tabs, threads or processes that refresh at the same time do this; some servers then revoke the whole session.")
      .fix(
          "Let one request refresh while the others wait for its result, and store the new refresh token before it is used. On the server: "
          "allow a short grace period.")
      .see("request.body", "refresh_token", "refresh_token=" + token);
  if (text != kTexts.end()) entry.server_said();
}

void assertion_clock(const Context& context, const Facts& facts, Report& report) {
  if (!facts.is_refused()) return;
  std::string assertion = body_member(facts, "client_assertion");
  const std::string name = assertion.empty() ? "assertion" : "client_assertion";
  if (assertion.empty()) assertion = body_member(facts, "assertion");
  if (assertion.empty()) return;
  const TokenView token = view_token(assertion);
  const ClaimTime iat = claim_time(token, "iat"), nbf = claim_time(token, "nbf"), exp = claim_time(token, "exp");
  const Duration leeway = context.expected.leeway;
  const bool future = facts.server_says("in the future") || facts.server_says("not yet valid") || facts.server_says("used before issued");
  const bool said = future || facts.server_says("aadsts700024") || facts.server_says("not within its valid time range") ||
                    facts.server_says("reasonable timeframe") || facts.server_says("assertion has expired") ||
                    facts.server_says("assertion is expired") || facts.server_says("assertion expired") ||
                    facts.server_says("token is not active");
  std::string summary;
  if (const auto& start = iat.instant && (!nbf.instant || *iat.instant >= *nbf.instant) ? iat.instant : nbf.instant;
      start && *start > facts.now + leeway) {
    summary = "The assertion was issued " + span_text(*start - facts.now) + " ahead of the server's clock.";
  } else if (exp.instant && *exp.instant + leeway <= facts.now) {
    summary = "The assertion expired " + span_text(facts.now - *exp.instant) + " before the server's clock.";
  } else if (said) {
    summary = future ? "The server finds the assertion issued in the future: the client's clock runs ahead."
                     : "The server finds the assertion outside its time of validity.";
  } else {
    return;
  }
  auto entry =
      report.fault(Cause::AssertionClock, said || facts.clock == ClockSource::Response ? Certainty::Certain : Certainty::Probable, facts);
  entry.summary(summary)
      .fix(
          "Set the client's clock by NTP, set iat 30 to 60 s back when minting, and mint a new assertion for each request with an exp a "
          "few minutes ahead.")
      .see("request.body", name, iat.present ? "iat=" + iat.text : "exp=" + exp.text)
      .see("response.header", "Date", std::string(facts.response_field("date")));
  if (said) entry.server_said();
}

}  // namespace

void token_endpoint(const Context& context, Report& report) {
  for (const Facts& facts : context.facts) {
    if (!facts.is_refused() || !is_token_request(facts)) continue;
    secret_expired(facts, report);
    assertion_clock(context, facts, report);
    refresh_reuse(context, facts, report);
    client_method(context, facts, report);
    form_encoding(facts, report);
  }
}

}  // namespace quivive::diagnose::rules
