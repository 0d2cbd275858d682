// Scopes that were asked for and that the token lacks (RFC 6750 section 3.1), and tokens that the provider wants renewed.

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/rules/token_request.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::diagnose::rules {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" ,");
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

// Scopes of `wanted` that the token has not. Entra writes scopes without the API's address in front.
std::vector<std::string> lacking(const std::vector<std::string>& wanted, const std::vector<std::string>& has) {
  std::vector<std::string> out;
  for (const std::string& one : wanted) {
    const std::string_view last = std::string_view(one).substr(one.rfind('/') == std::string::npos ? 0 : one.rfind('/') + 1);
    const bool there = std::any_of(has.begin(), has.end(), [&](const std::string& scope) {
      return scope == one || (one.find("://") != std::string::npos && scope == last);
    });
    if (!there) out.push_back(one);
  }
  return out;
}

bool has_scope_claim(const TokenView& token) { return token.claim("scope") != nullptr || token.claim("scp") != nullptr; }

std::string scope_fix(const std::vector<std::string>& wanted) {
  return fmt::format(
      "Ask for a new token with scope={} (the provider has to allow it to this client and user). A new login with the same scopes will not "
      "help.",
      list_text(wanted, 8));
}

void expected_scope(const Context& context, const JudgedToken& judged, Report& report) {
  const auto wanted = split(*context.expected.scope);
  const auto has = judged.token.scopes();
  const auto missing = lacking(wanted, has);
  if (missing.empty()) return;
  report.fault(Cause::ScopeInsufficient, Certainty::Certain, judged.facts)
      .summary(fmt::format("The token lacks the scope {}{}.", list_text(missing, 8),
                           has.empty() ? "; it has none" : fmt::format("; it has {}", list_text(has, 8))))
      .fix(scope_fix(missing))
      .see("token.payload", "scope", fmt::format("scope={}", list_text(has, 8)));
}

// The server names scopes in its challenge, or in the body: `scope` beside RFC 6750's error, `needed` beside Slack's.
void challenged_scope(const Facts& facts, Report& report) {
  const std::string_view error = facts.challenge_param("error");
  const std::string body_error = answer_member(facts, "error");
  const bool body_names = error.empty() && (body_error == "insufficient_scope" || body_error == "missing_scope");
  std::string listed(facts.challenge_param("scope"));
  if (listed.empty() && body_names) listed = answer_member(facts, body_error == "missing_scope" ? "needed" : "scope");
  if (!facts.challenge_param("service").empty()) return;  // a registry's scope is a request for a token
  const auto judged = judged_token(facts);
  const bool readable = judged && judged->token.shape == TokenView::Shape::Jws;
  const auto wanted = split(listed);
  const std::vector<std::string> has = readable ? judged->token.scopes() : std::vector<std::string>{};
  const auto missing = readable ? lacking(wanted, has) : wanted;
  const bool named = error == "insufficient_scope" || body_names || (error.empty() && facts.server_says("\"insufficient_scope\""));
  if (!named && (facts.status != 401 || wanted.empty() || !readable || missing.empty())) return;
  if (!named && !has_scope_claim(judged->token)) return;  // it may have its rights in another claim
  const bool as_401 = facts.status == 401;
  // Says that the scope lacks, although the token has it: then something else does.
  const bool contradicted = named && readable && !wanted.empty() && missing.empty();
  const auto provided = body_names ? split(answer_member(facts, "provided")) : std::vector<std::string>{};
  const std::string what =
      missing.empty() ? std::string("a scope that this resource needs") : fmt::format("the scope {}", list_text(missing, 8));
  auto entry = report.fault(as_401 ? Cause::ScopeInsufficientAs401 : Cause::ScopeInsufficient,
                            contradicted ? Certainty::Probable : Certainty::Certain, facts);
  entry
      .summary(as_401 ? fmt::format("The token lacks {}, which the server answers with 401 in place of 403.", what)
                      : fmt::format("The token is good and lacks {}.", what))
      .detail(readable           ? fmt::format("The token has {}.", has.empty() ? "no scope" : list_text(has, 8))
                        : provided.empty() ? ""
                                 : fmt::format("The server says that the token has {}.", list_text(provided, 8)))
      .fix(
          (wanted.empty()
               ? std::string("Look up which scope the operation needs and ask for a new token with it; the same login again will not help.")
               : scope_fix(missing.empty() ? wanted : missing)) +
          (as_401 ? " The server should answer 403 with error=\"insufficient_scope\", so that clients do not sign in again for nothing."
                  : ""))
      .see("response.header", "www-authenticate", facts.challenge_lines.empty() ? "" : facts.challenge_lines.front(), listed);
  if (facts.challenge_lines.empty() || body_names)
    entry.see("response.body", "", std::string(facts.response_body().substr(0, 200)), listed);
  if (readable) entry.see("token.payload", "scope", fmt::format("scope={}", list_text(has, 8)));
  if (named) entry.server_said();
}

// GitHub says in header fields which scopes a token has, and which of them would do.
void github_scopes(const Facts& facts, Report& report) {
  if (facts.status != 403 || facts.response() == nullptr || !facts.response()->headers.has("x-oauth-scopes")) return;
  const auto accepted = split(facts.response_field("x-accepted-oauth-scopes"));
  const auto has = split(facts.response_field("x-oauth-scopes"));
  if (accepted.empty()) return;
  const auto covers = [](const std::string& scope, const std::string& wanted) {
    if (scope == wanted) return true;
    const auto part_of = [&](std::string_view whole) {
      return scope == whole && (wanted.starts_with(whole) || wanted == "public_repo" || wanted.starts_with("security_events"));
    };
    if (scope == "repo") return part_of("repo");
    const std::size_t colon = wanted.find(':');
    return colon != std::string::npos && scope.ends_with(wanted.substr(colon)) && scope.starts_with("admin");
  };
  for (const std::string& wanted : accepted) {
    if (std::any_of(has.begin(), has.end(), [&](const std::string& scope) { return covers(scope, wanted); })) return;
  }
  report.fault(Cause::ScopeInsufficient, Certainty::Probable, facts)
      .summary(fmt::format("The token has {}, and this needs one of the scopes {}.",
                           has.empty() ? "no scope" : fmt::format("the scope {}", list_text(has, 8)), list_text(accepted, 8)))
      .fix(fmt::format(
          "Give the token the scope {} in GitHub's settings (Developer settings, Personal access tokens), or with gh auth refresh -s {}.",
          accepted.front(), accepted.front()))
      .see("response.header", "x-oauth-scopes", std::string(facts.response_field("x-oauth-scopes")))
      .see("response.header", "x-accepted-oauth-scopes", std::string(facts.response_field("x-accepted-oauth-scopes")));
}

// Microsoft's continuous access evaluation: the token is good, and the provider wants to see the user again.
void claims_challenge(const Facts& facts, Report& report) {
  const std::string claims(facts.challenge_param("claims"));
  if (facts.challenge_param("error") != "insufficient_claims" && claims.empty()) return;
  std::string padded = claims;
  while (padded.size() % 4 != 0) padded += '=';
  auto decoded = base64_decode(padded);
  if (!decoded) decoded = base64url_decode(claims);
  report.fault(Cause::CaeClaimsChallenge, Certainty::Certain, facts)
      .summary(
          "The server sends the client back to the identity provider with a claims challenge: this token will not do any more, although it "
          "has not expired.")
      .detail(decoded ? fmt::format("It asks for {}.", printable(*decoded, 300)) : "")
      .fix(
          "Decode the claims parameter from base64 and pass it to the token request: MSAL's claims (withClaims), or claims=… at the "
          "authorize endpoint. "
          "Sending the same token again, or a cached one, loops.")
      .see("response.header", "www-authenticate", facts.challenge_lines.empty() ? "" : facts.challenge_lines.front(), claims)
      .server_said();
}

}  // namespace

void token_scopes(const Context& context, const Facts& facts, Report& report) {
  if (context.expected.scope) {
    if (const auto judged = judged_token(facts); judged && judged->token.shape == TokenView::Shape::Jws)
      expected_scope(context, *judged, report);
  }
  if (!facts.is_refused()) return;
  claims_challenge(facts, report);
  challenged_scope(facts, report);
  github_scopes(facts, report);
}

}  // namespace quivive::diagnose::rules
