// Schemes that are bound to something: a connection (NTLM), a signature over the request (SigV4, OAuth 1.0), a key (DPoP), a
// certificate (mTLS). Parts: ntlm.cc, sigv4.cc, dpop.cc.

#include "base/text.h"
#include "diagnose/rules/bound_rules.h"
#include "diagnose/rules/token_rules.h"
#include "diagnose/wording.h"
#include "http/credentials.h"
#include "http/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace quivive::diagnose::rules {
namespace {

// The parameters of an OAuth 1.0 Authorization field, percent-decoded; empty where it is another kind of `OAuth`.
std::vector<http::AuthParam> oauth1_params(const Facts& facts) {
  const SentCredential* sent = facts.authorization();
  if (sent == nullptr || !sent->is("OAuth") || sent->rest.find("oauth_") == std::string::npos) return {};
  auto params = http::parse_credentials(sent->value).params;
  for (http::AuthParam& param : params) param.value = http::form_decode(param.value);
  return params;
}

std::string oauth1_param(const std::vector<http::AuthParam>& params, std::string_view name) {
  for (const http::AuthParam& one : params) {
    if (iequals(one.name, name)) return one.value;
  }
  return "";
}

}  // namespace

void mtls(const Context& context, const Facts& facts, Report& report) {
  const auto judged = judged_token(facts);
  if (!judged || !facts.is_open()) return;
  const Json* confirmation = judged->token.claim("cnf");
  if (confirmation == nullptr || !confirmation->is_object() || member(confirmation->get_object(), "x5t#S256") == nullptr) return;
  const bool presented = context.capture.command && context.capture.command->client_certificate;
  report.fault(Cause::MtlsBound, presented ? Certainty::Suggestive : Certainty::Probable, facts)
      .summary(presented ? std::string("The token is bound to one client certificate (cnf.x5t#S256); the one given may be another.")
                         : std::string("The token is bound to a client certificate (cnf.x5t#S256), and the server has to see that "
                                       "certificate in the TLS handshake."))
      .detail("That it is bound is certain; which certificate the connection presented is not in the capture.")
      .fix(
          "Send the request over mutual TLS with the certificate that the token was issued to: curl --cert client.pem --key client.key; "
          "requests: cert=(…). "
          "Behind a proxy that ends TLS, pass the certificate on in the header that the API reads.")
      .see("token.payload", "cnf", "cnf.x5t#S256");
}

void oauth1(const Context& context, const Facts& facts, Report& report) {
  if (!facts.is_refused()) return;
  const auto params = oauth1_params(facts);
  if (params.empty()) return;
  const auto fault = [&](std::string summary, std::string fix, std::string_view name) {
    report.fault(Cause::Oauth1Signature, Certainty::Probable, facts)
        .summary(std::move(summary))
        .fix(std::move(fix))
        .see("request.header", "authorization", fmt::format("{}={}", name, oauth1_param(params, name)));
  };
  const std::string stamp = oauth1_param(params, "oauth_timestamp");
  std::int64_t seconds = 0;
  const auto [end, bad] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
  if (!stamp.empty() && (bad != std::errc() || end != stamp.data() + stamp.size() || seconds > 100'000'000'000)) {
    return fault(fmt::format("oauth_timestamp is {}, where whole seconds since 1970 belong.", quoted_text(stamp)),
                 "Write the current time in seconds: Math.floor(Date.now() / 1000).", "oauth_timestamp");
  }
  constexpr Duration kWindow = std::chrono::minutes{5};
  const Duration skew = from_unix_seconds(seconds) - facts.now;
  if (!stamp.empty() && facts.clock == ClockSource::Response && (skew > kWindow || skew < -kWindow)) {
    return fault(fmt::format("oauth_timestamp is {} {} the server's clock.", span_text(skew), skew.count() > 0 ? "ahead of" : "behind"),
                 "Synchronise the client's clock (NTP), and sign every request anew: a stored Authorization field is good once.",
                 "oauth_timestamp");
  }
  const std::string nonce = oauth1_param(params, "oauth_nonce");
  for (const Facts& before : context.facts.first(facts.at)) {
    const auto others = oauth1_params(before);
    if (nonce.empty() || oauth1_param(others, "oauth_nonce") != nonce || oauth1_param(others, "oauth_timestamp") != stamp) continue;
    return fault(fmt::format("oauth_nonce {} was used before, in exchange {}.", quoted_text(nonce), before.exchange->index),
                 "Sign every request anew, with a nonce of its own; also after a redirect.", "oauth_nonce");
  }
  if (oauth1_param(params, "oauth_signature").empty()) {
    fault("The OAuth 1.0 credentials have no oauth_signature.",
          "Let an OAuth 1.0 library sign the request; Postman: Authorization, OAuth 1.0.", "oauth_signature");
  }
}

void bound(const Context& context, Report& report) {
  for (const Facts& facts : context.facts) {
    ntlm(context, facts, report);
    sigv4(context, facts, report);
    dpop(context, facts, report);
    mtls(context, facts, report);
    oauth1(context, facts, report);
  }
}

}  // namespace quivive::diagnose::rules
