// Who made the token and for whom: issuer, audience, environment, algorithm, against what the caller expects and where the
// request went.

#include "base/text.h"
#include "diagnose/fingerprints.h"
#include "diagnose/rules/audiences.h"
#include "diagnose/rules/forbidden_words.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::rules {
namespace {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(", ");
    if (end != 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

void missing(const JudgedToken& judged, std::string_view name, std::string_view wanted, Report& report) {
  report.fault(Cause::TokenMissingClaim, Certainty::Certain, judged.facts)
      .summary(fmt::format("The token has no {}, and the server expects {}.", name, quoted_text(wanted)))
      .fix(name == "aud" ? fmt::format("Ask for the token with the audience {} (audience=… or resource=…).", wanted)
                         : fmt::format("Get the token from the issuer {}, or let whoever makes it set {}.", wanted, name))
      .see("token.payload", std::string(name), fmt::format("no {}", name));
}

void expected_issuer(const Context& context, const JudgedToken& judged, Report& report) {
  const std::string& wanted = *context.expected.issuer;
  const Json* claim = judged.token.claim("iss");
  if (claim == nullptr) return missing(judged, "iss", wanted, report);
  const std::string seen = claim->is_string() ? std::string(claim->get_string()) : to_json(*claim);
  if (seen == wanted) return;
  const int has = entra_version(seen), wants = entra_version(wanted);
  if (has != 0 && wants != 0 && has != wants) {
    report.fault(Cause::TokenEntraVersion, Certainty::Certain, judged.facts)
        .summary(fmt::format("The token is a version {} token of Microsoft Entra (issuer {}), and the server expects version {} ({}).", has,
                             quoted_text(seen, 80), wants, quoted_text(wanted, 80)))
        .detail("The API's own registration decides which version its tokens have, whichever endpoint they were fetched from.")
        .fix(wants == 2 ? "In the API's app registration set accessTokenAcceptedVersion (requestedAccessTokenVersion) to 2, or accept the "
                          "issuer https://sts.windows.net/<tenant>/ as well."
                        : "Accept the issuer https://login.microsoftonline.com/<tenant>/v2.0 on the server, or set "
                          "requestedAccessTokenVersion to 1 in the API's app registration.")
        .see("token.payload", "iss", fmt::format("iss={}", seen), seen);
    return;
  }
  if (const std::string difference = near_miss(seen, wanted); !difference.empty()) {
    report.fault(Cause::TokenIssuerNearMiss, Certainty::Certain, judged.facts)
        .summary(fmt::format("The token's issuer {} is not the expected {}: they differ by {}.", quoted_text(seen, 100),
                             quoted_text(wanted, 100), difference))
        .detail("Issuers are compared character by character (RFC 7519 section 4.1.1).")
        .fix(
            "Copy the issuer verbatim from the provider's /.well-known/openid-configuration into the server's settings. Auth0's ends with "
            "a slash, Entra's version 2 and Keycloak's do not.")
        .see("token.payload", "iss", fmt::format("iss={}", seen), seen);
    return;
  }
  report.fault(Cause::TokenWrongIssuer, Certainty::Certain, judged.facts)
      .summary(fmt::format("The token is from {}, and the server expects the issuer {}.", quoted_text(seen, 100), quoted_text(wanted, 100)))
      .fix(fmt::format("Get the token from {}, or add the other issuer to those that the server accepts.", wanted))
      .see("token.payload", "iss", fmt::format("iss={}", printable(seen)), seen);
}

void expected_audience(const Context& context, const JudgedToken& judged, Report& report) {
  const std::string& wanted = *context.expected.audience;
  if (judged.token.claim("aud") == nullptr) return missing(judged, "aud", wanted, report);
  const auto seen = judged.token.claim_list("aud");
  if (std::find(seen.begin(), seen.end(), wanted) != seen.end()) return;
  std::string difference;
  for (const std::string& one : seen) {
    if (difference.empty()) difference = near_miss(one, wanted);
  }
  report.fault(Cause::TokenWrongAudience, Certainty::Certain, judged.facts)
      .summary(fmt::format("The token is for {}, and the server expects the audience {}{}.",
                           seen.empty() ? "nobody" : quoted_text(list_text(seen), 120), quoted_text(wanted, 100),
                           difference.empty() ? "" : ": they differ by " + difference))
      .detail(difference.empty() ? "" : "Most servers compare audiences character by character.")
      .fix(
          difference.empty()
              ? fmt::format("Ask for a token with the audience {} (audience=… or resource=…, or a scope of that API).", wanted)
              : "Make both equal, character by character: copy the API's identifier from the identity provider into the server's settings.")
      .see("token.payload", "aud", fmt::format("aud={}", list_text(seen)));
}

void expected_algorithm(const Context& context, const JudgedToken& judged, Report& report) {
  const auto wanted = split_list(*context.expected.algorithm);
  const std::string_view seen = judged.token.header_text("alg");
  if (std::find(wanted.begin(), wanted.end(), seen) != wanted.end() || report.has(Cause::TokenAlgNone, judged.facts)) return;
  report.fault(Cause::TokenAlgorithmNotAllowed, Certainty::Certain, judged.facts)
      .summary(fmt::format("The token is signed with {}, and the server accepts {} only.",
                           seen.empty() ? "no named algorithm" : printable(seen, 32), list_text(wanted)))
      .fix(
          "Let the issuer sign with the algorithm that the server accepts. Do not widen the server's list to HS256 where it verifies with "
          "public keys: a public key would become a password.")
      .see("token.header", "alg", fmt::format("alg={}", printable(seen, 32)), std::string(seen));
}

// Providers that sign with private keys only.
void implausible_algorithm(const JudgedToken& judged, Report& report) {
  const std::string_view alg = judged.token.header_text("alg");
  if (!alg.starts_with("HS") || !judged.facts.is_open()) return;
  const std::string host = parse_url(judged.token.claim_text("iss"), true).host;
  const bool asymmetric = entra_version(judged.token.claim_text("iss")) != 0 || host == "accounts.google.com" ||
                          host == "securetoken.google.com" || host.ends_with(".okta.com") ||
                          (host.starts_with("cognito-idp.") && host.ends_with(".amazonaws.com"));
  if (!asymmetric) return;
  report.fault(Cause::TokenAlgorithmNotAllowed, Certainty::Probable, judged.facts)
      .summary(
          fmt::format("The token says that {} made it and is signed with {}, which that provider never uses.", host, printable(alg, 16)))
      .fix("Get the token from the provider itself. One that was made by hand with a shared secret is no substitute, not even in tests.")
      .see("token.header", "alg", fmt::format("alg={}", printable(alg, 16)), std::string(alg));
}

// Whether the answer's own words are about something else than the audience: they know more than a comparison of names.
bool is_answered_otherwise(const Facts& facts) {
  if (facts.status == 403 && (is_forbidden_otherwise(facts) || speaks_of_a_right(facts))) return true;
  const auto said = find_fingerprints(facts);
  return std::any_of(said.begin(), said.end(), [](const Said& one) {
    const bool general = one.row->cause == Cause::CredentialsRejected || one.row->cause == Cause::CredentialsMissing;
    return !general && one.row->cause != Cause::TokenWrongAudience;
  });
}

void audience_by_host(const JudgedToken& judged, Report& report) {
  const Facts& facts = judged.facts;
  const Request* request = facts.request();
  if (request == nullptr || !facts.is_refused() || report.has(Cause::TokenGraphNonce, facts) || report.has(Cause::TokenIsIdToken, facts))
    return;
  const auto audience = judged.token.claim_list("aud");
  if (!is_foreign_audience(audience, request->url.host) || is_answered_otherwise(facts)) return;
  std::vector<std::string> names;
  for (const std::string& one : audience) names.push_back(known_audience(one).empty() ? one : std::string(known_audience(one)));
  report.fault(Cause::TokenWrongAudience, Certainty::Probable, facts)
      .summary(fmt::format("The token is for {}, and the request went to {}.", list_text(names), request->url.host))
      .detail("An API may call itself by a name that is not its host's; this one's is not known here.")
      .fix(fmt::format("Ask for a token of the API at {}: with its audience (audience=… or resource=…) or one of its scopes. Give "
                       "--audience if you know what it expects.",
                       request->url.host))
      .see("token.payload", "aud", fmt::format("aud={}", list_text(audience)))
      .see("request.url", "", request->url.text(), request->url.host);
}

void environment(const JudgedToken& judged, Report& report) {
  const Facts& facts = judged.facts;
  const Request* request = facts.request();
  if (request == nullptr || !facts.is_refused() || request->url.host.empty()) return;
  const std::string here = environment_of_host(request->url.host);
  if (here == "local") return;  // a server under development takes tokens from anywhere
  const Url issuer = parse_url(judged.token.claim_text("iss"));
  std::string there = environment_of_issuer(issuer);
  std::string_view claim = "iss";
  std::string seen = std::string(judged.token.claim_text("iss"));
  if (there.empty() || there == here) {
    // An audience on the request's own site that names another environment.
    for (const std::string& one : judged.token.claim_list("aud")) {
      const Url url = parse_url(one);
      if (url.host.empty() || registrable_domain(url.host) != registrable_domain(request->url.host)) continue;
      const std::string named = environment_of_host(url.host);
      if (named == here) return;
      there = named.empty() ? "production" : named;
      claim = "aud";
      seen = one;
    }
    if (claim == "iss") return;
  }
  if (there == here) return;
  report.fault(Cause::TokenWrongEnvironment, Certainty::Probable, facts)
      .summary(fmt::format("The token is from {} ({} {}), and the request went to {} ({}).", there, claim, quoted_text(seen, 80),
                           here.empty() ? "production" : here, request->url.host))
      .fix(fmt::format("Get a token from the environment that the request goes to, or send the request to {}. In Postman, look at which "
                       "environment is selected.",
                       there))
      .see("token.payload", std::string(claim), fmt::format("{}={}", claim, seen))
      .see("request.url", "", request->url.text(), request->url.host);
}

}  // namespace

void token_claims(const Context& context, const JudgedToken& judged, Report& report) {
  if (judged.token.shape != TokenView::Shape::Jws) return;
  if (context.expected.issuer) expected_issuer(context, judged, report);
  if (context.expected.algorithm) expected_algorithm(context, judged, report);
  else implausible_algorithm(judged, report);
  if (context.expected.audience) expected_audience(context, judged, report);
  else audience_by_host(judged, report);
  if (!context.expected.issuer) environment(judged, report);
}

}  // namespace quivive::diagnose::rules
