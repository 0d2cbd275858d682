// What is left when no other rule explains a refusal: nothing was sent, what was sent was refused without a word, or the
// capture cannot tell.

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rule.h"
#include "diagnose/rules/forbidden_words.h"
#include "diagnose/rules/token_request.h"
#include "diagnose/sent_value.h"
#include "diagnose/text.h"
#include "diagnose/vendors.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

constexpr auto kKeySchemes = std::to_array<std::string_view>({"ApiKey", "API-Key", "Key", "X-API-Key", "ApiKeyAuth", "PrivateToken"});
constexpr auto kCookieSchemes = std::to_array<std::string_view>({"Cookie", "Session", "FormBased", "Form", "Forms", "OAuth-Session"});
constexpr auto kHeaderSchemes = std::to_array<std::string_view>(
    {"Basic", "Digest", "Bearer", "Negotiate", "NTLM", "DPoP", "Token", "JWT", "OAuth", "Hawk", "GNAP", "Signature"});

// Challenges for something that does not travel in Authorization.
bool is_about_a_key(const http::Challenge& one) { return is_one_of(one.scheme, kKeySchemes) || one.param("name") != nullptr; }
bool is_about_a_session(const http::Challenge& one) { return is_one_of(one.scheme, kCookieSchemes); }

// Whether the server read this key, whatever scheme its challenge names: it is where the host's owner looks, or the answer
// repeats it.
bool is_read_here(const Facts& facts, const SentCredential& c) {
  constexpr std::size_t kUnlikelyByChance = 12;
  const std::string_view secret = trim_ows(c.rest);
  if (c.place != Place::Header || !c.scheme.empty()) return false;
  const VendorHost* owner = find_vendor_host(facts.request()->url.host);
  if (owner != nullptr && iequals(owner->header, trim_ows(c.name))) return true;
  return secret.size() >= kUnlikelyByChance && facts.response_body().find(secret) != std::string_view::npos;
}

// Whether the server, going by what it asks for, would look at this credential.
bool counts(const Facts& facts, const SentCredential& c) {
  const auto& challenges = facts.challenges.challenges;
  if (kind_of_value(c.rest) == ValueKind::Empty || c.place == Place::ProxyAuthorization || c.place == Place::UserInfo) return false;
  if (c.place == Place::Authorization) {
    const auto elsewhere = [](const http::Challenge& one) { return is_about_a_key(one) || is_about_a_session(one); };
    return challenges.empty() || !std::all_of(challenges.begin(), challenges.end(), elsewhere);
  }
  if (c.place == Place::Form)
    return iequals(c.name, "password") || iequals(c.name, "client_secret") || iequals(c.name, "refresh_token") ||
           iequals(c.name, "assertion") || iequals(c.name, "access_token") || iequals(c.name, "pwd") || iequals(c.name, "passwd");
  if (challenges.empty() || is_read_here(facts, c)) return true;
  return std::any_of(challenges.begin(), challenges.end(), [&](const http::Challenge& one) {
    if (is_about_a_key(one)) return c.place == Place::Header || c.place == Place::Query;
    if (is_about_a_session(one)) return c.place == Place::Cookie;
    const bool bearer = iequals(one.scheme, "Bearer") || iequals(one.scheme, "Token") || iequals(one.scheme, "OAuth");
    if (bearer && c.place == Place::Query) return iequals(c.name, "access_token") || c.token.has_value();
    return !is_one_of(one.scheme, kHeaderSchemes);
  });
}

bool is_redacted(const SentCredential& c) {
  const ValueKind kind = kind_of_value(c.rest);
  return kind == ValueKind::Redacted || kind == ValueKind::Angle || (kind == ValueKind::Plain && is_masked(c.rest));
}

bool is_preflight_by_field(const Facts& facts) {
  return iequals(facts.request()->method, "OPTIONS") && facts.request()->headers.has("access-control-request-method");
}

// An error that explains the refusal; flaws of the answer do not.
bool is_explained(const Facts& facts, const Report& report) {
  return std::any_of(report.findings().begin(), report.findings().end(), [&](const Finding& f) {
    const bool flaw = f.cause == Cause::MissingWwwAuthenticate || f.cause == Cause::MalformedChallenge;
    return f.exchange == facts.exchange->index && f.severity == Severity::Error && !flaw;
  });
}

// How frameworks say that nothing came.
constexpr auto kNothingTexts = std::to_array<std::string_view>({"credentials were not provided",
                                                                "no credentials",
                                                                "missing authorization",
                                                                "authorization header is missing",
                                                                "authorization header missing",
                                                                "no authorization header",
                                                                "missing authentication token",
                                                                "jwt is missing",
                                                                "jwt must be provided",
                                                                "no token provided",
                                                                "token not provided",
                                                                "missing token",
                                                                "token is missing",
                                                                "no auth token",
                                                                "you did not provide an api key",
                                                                "no api key",
                                                                "api key is missing",
                                                                "missing api key",
                                                                "credentials_missing",
                                                                "full authentication is required",
                                                                "authentication required",
                                                                "you need to sign in",
                                                                "unauthenticated.",
                                                                "not authenticated",
                                                                "missing bearer",
                                                                "access token is missing",
                                                                "requires authentication",
                                                                "no jwt",
                                                                "login required"});

std::string_view says_nothing_came(const Facts& facts) {
  const auto found =
      std::find_if(kNothingTexts.begin(), kNothingTexts.end(), [&](std::string_view text) { return facts.server_says(text); });
  return found == kNothingTexts.end() ? std::string_view() : *found;
}

std::string schemes_asked_for(const Facts& facts) {
  std::vector<std::string> names;
  for (const http::Challenge& one : facts.challenges.challenges) {
    if (!one.scheme.empty() && std::find(names.begin(), names.end(), one.scheme) == names.end()) names.push_back(one.scheme);
  }
  return list_text(names);
}

std::string how_to_send(const Facts& facts) {
  const std::string realm(facts.challenge_param("realm"));
  for (const http::Challenge& one : facts.challenges.challenges) {
    if (const std::string* name = one.param("name")) {
      const std::string* type = one.param("type") != nullptr ? one.param("type") : one.param("in");
      const bool query = type != nullptr && iequals(*type, "query");
      return std::string("Send the key in the ") + (query ? "query parameter " : "header ") + *name + ", as the challenge says.";
    }
    if (is_about_a_key(one)) return "Send the API key in the header that the service's documentation names (X-API-Key, apikey, …).";
    if (is_about_a_session(one))
      return "Sign in first and send the session cookie: curl -b cookies.txt, requests.Session(), credentials: 'include' with fetch.";
  }
  if (facts.challenge("Bearer") != nullptr && realm.starts_with("http") && !facts.challenge_param("service").empty()) {
    return "Ask " + realm + " for a token with the service" + (facts.challenge_param("scope").empty() ? "" : " and scope") +
           " of the challenge, then send it as Authorization: Bearer <token>; docker login HOST does both.";
  }
  if (facts.challenge("Bearer") != nullptr)
    return "Send a token: -H 'Authorization: Bearer <token>' with curl, headers={\"Authorization\": f\"Bearer {token}\"} with requests, "
           "the Authorization tab in Postman.";
  if (facts.challenge("Token") != nullptr) return "Send the key as Authorization: Token <key>.";
  if (facts.challenge("Digest") != nullptr)
    return "Send user name and password: curl --digest -u user:password, HTTPDigestAuth(user, password) with requests.";
  if (facts.challenge("Negotiate") != nullptr || facts.challenge("NTLM") != nullptr)
    return "Sign in with the directory's account: curl --negotiate -u : (after kinit), or --ntlm -u 'DOMAIN\\user'.";
  if (facts.challenge("Basic") != nullptr)
    return "Send user name and password: curl -u user:password, auth=(user, password) with requests.";
  return "Send what the service's documentation asks for: a token in Authorization: Bearer, an API key in its header, or the session "
         "cookie of a signed-in browser.";
}

void see_challenge(const Facts& facts, Report::Entry entry) {
  if (!facts.challenge_lines.empty()) entry.see("response.header", "WWW-Authenticate", facts.challenge_lines.front());
}

// A header that a Postman collection has and does not send.
const SourceRemark* switched_off(const Context& context, const Facts& facts) {
  const auto found = std::find_if(context.capture.remarks.begin(), context.capture.remarks.end(), [&](const SourceRemark& remark) {
    if (remark.kind != SourceRemark::Kind::DisabledItem || remark.exchange != facts.at) return false;
    const std::string_view name = remark.name.empty() ? std::string_view(remark.text) : std::string_view(remark.name);
    return iequals(name, "authorization") || iequals(name, "cookie") || is_key_name(name);
  });
  return found == context.capture.remarks.end() ? nullptr : &*found;
}

void missing(const Context& context, const Facts& facts, Report& report) {
  const SourceRemark* off = switched_off(context, facts);
  if (off != nullptr) {
    const std::string name = off->name.empty() ? off->text : off->name;
    report.fault(Cause::CredentialsMissing, facts.is_refused() ? Certainty::Certain : Certainty::Probable, facts)
        .summary("The collection has '" + name + "', but it is switched off, so no credentials are sent.")
        .fix("Tick the box before it in Postman's list, or fill in the Authorization tab.")
        .see("request.header", name, off->text);
    return;
  }
  if (facts.status != 401 || is_preflight_by_field(facts)) return;
  const std::string_view said = says_nothing_came(facts);
  const bool cookies = facts.request()->headers.has("cookie");
  const std::string wanted = schemes_asked_for(facts);
  std::string other;
  for (const SentCredential& c : facts.credentials) {
    if (c.place == Place::Header || c.place == Place::Query || c.place == Place::Authorization) other = place_text(c);
  }
  const std::string userinfo = facts.request()->url.userinfo;
  auto entry = report.fault(Cause::CredentialsMissing, said.empty() ? Certainty::Probable : Certainty::Certain, facts);
  entry
      .summary(wanted.empty()
                   ? (cookies ? "No credentials were sent: there is no Authorization header, no key, and no session among the cookies."
                              : "No credentials were sent: there is no Authorization header, cookie or key in the request.")
               : !other.empty() ? "The server asks for " + wanted + ", and the request carries only " + other + "."
                                : "No credentials were sent, and the server asks for " + wanted + ".")
      .detail(facts.challenge("Bearer") != nullptr && facts.challenge_param("error").empty()
                  ? "A challenge without error= says the same: the server saw no token (RFC 6750 section 3.1)."
                  : std::string())
      .fix(how_to_send(facts))
      .see("response.status", "", std::to_string(facts.status));
  see_challenge(facts, entry);
  if (!said.empty()) entry.see("response.body", "", std::string(said), std::string(said)).server_said();
  if (context.capture.command && !userinfo.empty()) entry.detail("The user name and password in the URL were not sent as a header.");
}

// The message of the server, where it has a short one.
std::string message_of(const Facts& facts) {
  if (!facts.body_json || !facts.body_json->is_object()) return {};
  for (const std::string_view name : {"error_description", "message", "detail", "title", "error", "msg", "reason"}) {
    if (const auto text = string_member(facts.body_json->get_object(), name); text && !text->empty())
      return std::string(text->substr(0, 120));
    // {"error": {"message": "…"}}
    const Json* inner = member(facts.body_json->get_object(), name);
    if (inner == nullptr || !inner->is_object()) continue;
    if (const auto text = string_member(inner->get_object(), "message"); text && !text->empty()) return std::string(text->substr(0, 120));
  }
  return {};
}

const HeaderField* request_id(const Facts& facts) {
  for (const std::string_view name : {"x-request-id", "request-id", "x-amzn-requestid", "x-amz-request-id", "x-correlation-id",
                                      "x-ms-request-id", "x-github-request-id", "cf-ray", "x-trace-id"}) {
    if (const HeaderField* field = facts.response()->headers.find(name)) return field;
  }
  return nullptr;
}

std::string described(const Facts& facts, const SentCredential& c) {
  if (c.is("Basic")) {
    const BasicPayload payload = read_basic(c.rest);
    return payload.has_colon() && is_valid_utf8(payload.user()) && payload.user().size() < 40
               ? "the user name or password of '" + printable(payload.user(), 60) + "'"
               : "the Basic credentials";
  }
  switch (c.place) {
    case Place::Cookie: return "the session in the cookie " + c.name;
    case Place::Header:
    case Place::Query: return "the key in " + place_text(c);
    case Place::Form:
      return is_token_request(facts) ? "the " + std::string(iequals(c.name, "refresh_token") ? "refresh token"
                                                            : iequals(c.name, "assertion")   ? "assertion"
                                                            : iequals(c.name, "password")    ? "user name or password"
                                                                                             : "client's id or secret")
                                     : "the user name or password in the body";
    default: break;
  }
  if (c.is("Bearer") || c.is("Token") || c.is("JWT")) return "the token";
  return c.scheme.empty() ? "the credential" : "the " + std::string(c.scheme) + " credential";
}

// JSON that repeats the status and says no more, as gateways answer a key that they do not know.
bool is_bare_403(const Facts& facts) {
  if (facts.response_field("x-amzn-errortype").starts_with("Forbidden")) return false;  // an API key that the gateway does not know
  return facts.status == 403 && facts.body_json.has_value() && iequals(message_of(facts), "forbidden") && !is_forbidden_otherwise(facts);
}

void rejected(const Facts& facts, const SentCredential& c, Report& report) {
  const std::string message = message_of(facts);
  const HeaderField* id = request_id(facts);
  const bool session = c.place == Place::Cookie;
  const bool bare = is_bare_403(facts);
  auto entry = report.fault(Cause::CredentialsRejected, bare ? Certainty::Suggestive : Certainty::Probable, facts);
  entry
      .summary("The server refuses " + described(facts, c) + " and does not say why" +
               (message.empty() ? "." : ": its message is only " + quoted_text(message, 100) + "."))
      .detail(bare ? "A 403 can mean that the key is known and lacks a right, or that it is not known: one request without it tells, if "
                     "that gets another answer."
                   : "What was sent is well formed. It may be wrong, revoked, expired, or of another environment.")
      .fix(std::string(session ? "Sign in again; a session also ends when the server restarts or its signing key changes."
                               : "Compare the value with the one that was issued, check that it is for this host and environment and was "
                                 "not revoked, or make a new one.") +
           (id == nullptr ? " The server's log has the reason."
                          : " The operator can find the reason by the request id " + std::string(trim_ows(id->value)) + "."))
      .see(std::string(part_of(c)), c.name,
           session || c.place == Place::Query || c.place == Place::Form ? c.name + "=" + c.value : c.value);
  see_challenge(facts, entry);
  if (id != nullptr) entry.see("response.header", id->name, std::string(trim_ows(id->value)));
}

// Postman's helpers for schemes that answer a challenge: what they send is not in the collection.
bool rejected_helper(const Context& context, const Facts& facts, Report& report) {
  static constexpr auto kHelpers = std::to_array<std::string_view>({"digest", "ntlm", "hawk", "oauth1", "awsv4", "edgegrid", "asap"});
  for (const DeclaredAuth& declared : context.capture.declared) {
    if (declared.exchange != facts.at || !is_one_of(declared.type, kHelpers)) continue;
    if (facts.status != 401) return true;
    report.fault(Cause::CredentialsRejected, Certainty::Probable, facts)
        .summary("The server refuses what Postman's helper for " + declared.type + " sent, and does not say why.")
        .detail("The collection does not show the header that the helper made.")
        .fix("Check user name, password and realm in the Authorization tab; Postman's console shows the header that was sent.")
        .see("response.status", "", std::to_string(facts.status));
    return true;
  }
  return false;
}

// Statuses other than 401 that, with these credentials and this text, mean the same.
bool is_refusal_of_credentials(const Facts& facts) {
  if (facts.status == 401 || facts.status == 0) return true;
  if (facts.status == 400) {
    const std::string error = answer_member(facts, "error");
    return error == "invalid_grant" || error == "invalid_client" || facts.server_says("api key not valid") ||
           facts.server_says("invalid api key") || facts.server_says("api_key_invalid");
  }
  if (facts.status != 403) return false;
  const bool key =
      std::any_of(facts.credentials.begin(), facts.credentials.end(), [](const SentCredential& c) { return c.place == Place::Header; });
  if (key && is_bare_403(facts)) return true;
  return facts.server_says("invalid api key") || facts.server_says("invalid token") || facts.server_says("bad credentials") ||
         facts.server_says("invalid credentials") || facts.server_says("invalid key") ||
         (key && facts.response_field("x-amzn-errortype").starts_with("Forbidden"));
}

// Only an answer was given: what was sent is not known.
void answer_only(const Facts& facts, Report& report) {
  if (facts.status == 0 && facts.challenge_param("error") == "invalid_token") {
    report.fault(Cause::CredentialsRejected, Certainty::Probable, facts)
        .summary("The server read the token and calls it invalid, which it says of expired, revoked and malformed ones alike.")
        .fix("Give quivive why the token, or the whole exchange (curl -v prints it): most of these show in the token itself.")
        .see("response.header", "WWW-Authenticate", facts.challenge_lines.front(), "invalid_token")
        .server_said();
    return;
  }
  if (facts.status != 401 || !facts.is_refused()) return;
  const std::string_view said = says_nothing_came(facts);
  const bool bare = facts.challenge("Bearer") != nullptr && facts.challenge_param("error").empty();
  if (!bare && said.empty()) return;
  report.fault(Cause::CredentialsMissing, said.empty() ? Certainty::Suggestive : Certainty::Probable, facts)
      .summary(said.empty()
                   ? "The answer's challenge names no error, as servers answer a request without a token; the request itself is not shown."
                   : "The answer says that no credentials came ('" + std::string(said) + "'); the request itself is not shown.")
      .detail("The request's headers decide it: curl -v prints both sides.")
      .fix(how_to_send(facts))
      .see("response.header", "WWW-Authenticate", facts.challenge_lines.empty() ? std::string() : facts.challenge_lines.front())
      .see("response.body", "", facts.challenge_lines.empty() ? std::string(said) : std::string());
}

void redacted(const Context& context, const Facts& facts, const SentCredential* masked, bool explained, Report& report) {
  const bool har = masked == nullptr;
  auto entry = explained ? report.note(Cause::CaptureRedacted, Certainty::Certain, facts)
                         : report.fault(Cause::CaptureRedacted, Certainty::Certain, facts);
  entry
      .summary(har ? "The capture was exported without Authorization, Cookie and Set-Cookie, so it cannot show what was sent."
                   : "The secret in " + place_text(*masked) + " was taken out of this capture (" +
                         quoted_text(trim_ows(masked->rest), masked->rest.size()) + "), so it cannot show what was wrong with it.")
      .fix(har ? "Export it again: in Chrome's developer tools choose \"Export HAR (with sensitive data)\"; or paste this one request with "
                 "\"Copy as cURL\". quivive prints no secrets."
               : "Run it on the unredacted capture, or paste the one header: quivive works offline and prints no secrets.")
      .see(har ? "tool" : std::string(part_of(*masked)), har ? "" : masked->name, har ? context.capture.tool : masked->value);
}

void judge(const Context& context, const Facts& facts, bool& told, Report& report) {
  if (!facts.is_open() || facts.exchange->to_proxy || facts.status == 407) return;
  if (facts.request() == nullptr) {
    if (!is_explained(facts, report)) answer_only(facts, report);
    return;
  }
  const bool explained = is_explained(facts, report);
  const auto masked = std::find_if(facts.credentials.begin(), facts.credentials.end(), [](const SentCredential& c) {
    return c.place != Place::ProxyAuthorization && c.place != Place::Form && is_redacted(c);
  });
  if (masked != facts.credentials.end()) {
    // That the server refuses the credentials says nothing about a secret that nobody can see.
    const auto& all = report.findings();
    const bool by_more = std::any_of(all.begin(), all.end(), [&](const Finding& f) {
      return f.exchange == facts.exchange->index && f.severity == Severity::Error && f.cause != Cause::CredentialsRejected;
    });
    return redacted(context, facts, &*masked, explained && by_more, report);
  }
  const bool any =
      std::any_of(facts.credentials.begin(), facts.credentials.end(), [&](const SentCredential& c) { return counts(facts, c); });
  const bool hidden = context.capture.credentials_hidden && facts.is_refused() && !any && !is_preflight_by_field(facts);
  if (hidden && (facts.status == 401 || facts.status == 403)) {
    if (!told) redacted(context, facts, nullptr, explained, report);
    told = true;
    return;
  }
  if (explained || hidden) return;
  if (!any && rejected_helper(context, facts, report)) return;
  if (!any) return missing(context, facts, report);
  if (!facts.is_refused() || !is_refusal_of_credentials(facts)) return;
  const auto sent =
      std::find_if(facts.credentials.begin(), facts.credentials.end(), [&](const SentCredential& c) { return counts(facts, c); });
  if (sent != facts.credentials.end() && kind_of_value(sent->rest) == ValueKind::Plain) rejected(facts, *sent, report);
}

}  // namespace

void fallbacks(const Context& context, Report& report) {
  bool told = false;  // of what a whole capture lacks
  for (const Facts& facts : context.facts) judge(context, facts, told, report);
}

}  // namespace quivive::diagnose::rules
