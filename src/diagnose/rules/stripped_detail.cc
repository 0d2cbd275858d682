#include "diagnose/rules/stripped_detail.h"

#include "base/text.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::stripped_detail {
namespace {

// Texts by which frameworks say that they saw no credential at all.
constexpr auto kNothingCame = std::to_array<std::string_view>({"authentication credentials were not provided",
                                                               "credentials were not provided",
                                                               "no auth token",
                                                               "no authorization header",
                                                               "authorization header not found",
                                                               "authorization header is missing",
                                                               "missing authorization header",
                                                               "authorization header missing",
                                                               "authorization header is required",
                                                               "no token provided",
                                                               "token not provided",
                                                               "missing token",
                                                               "missing bearer token",
                                                               "token is missing",
                                                               "no bearer token",
                                                               "jwt must be provided",
                                                               "jwt is missing",
                                                               "jwt_auth_no_auth_header",
                                                               "no authorization token was found",
                                                               "credentials_required",
                                                               "not authenticated",
                                                               "full authentication is required",
                                                               "rest_not_logged_in",
                                                               "no credentials",
                                                               "missing or invalid authorization header",
                                                               "authentication required",
                                                               "api key is missing",
                                                               "no api key",
                                                               "missing api key",
                                                               "you are not currently logged in"});

bool has(const Facts& facts, std::string_view field) { return !facts.response_field(field).empty(); }

bool is_cloudfront(const Facts& facts) {
  return has(facts, "x-amz-cf-id") || to_lower(facts.response_field("via")).find("cloudfront") != std::string::npos ||
         to_lower(facts.response_field("x-cache")).find("cloudfront") != std::string::npos;
}

std::string cdn_name(const Facts& facts) {
  if (is_cloudfront(facts)) return "CloudFront";
  if (has(facts, "x-azure-ref")) return "Azure Front Door";
  if (has(facts, "x-served-by") && to_lower(facts.response_field("x-served-by")).starts_with("cache-")) return "Fastly";
  if (has(facts, "x-akamai-request-id") || to_lower(facts.response_field("server")).find("akamai") != std::string::npos) return "Akamai";
  if (to_lower(facts.response_field("via")).find("google") != std::string::npos && has(facts, "age")) return "Cloud CDN";
  return {};
}

// The same path with the same credential, accepted at another address.
const Facts* accepted_elsewhere(const Context& context, const Facts& facts) {
  const SentCredential* sent = facts.authorization();
  for (const Facts& one : context.facts) {
    const SentCredential* theirs = one.authorization();
    if (one.answer == Answer::Accepted && one.status / 100 == 2 && theirs != nullptr && sent != nullptr && theirs->value == sent->value &&
        one.request()->url.path == facts.request()->url.path && one.request()->url.host != facts.request()->url.host) {
      return &one;
    }
  }
  return nullptr;
}

Report::Entry& show(Report::Entry& entry, const Facts& facts, std::string_view field) {
  const SentCredential& sent = *facts.authorization();
  entry.see("request.header", "authorization", sent.value, sent.scheme);
  if (!facts.response_body().empty()) entry.see("response.body", "", std::string(facts.response_body().substr(0, 200)));
  if (!field.empty() && has(facts, field)) entry.see("response.header", std::string(field), std::string(facts.response_field(field)));
  return entry;
}

bool cdn(const Context& context, const Facts& facts, bool nothing_came, Report& report) {
  const std::string name = cdn_name(facts);
  const Facts* elsewhere = accepted_elsewhere(context, facts);
  if (name.empty() || (!nothing_came && elsewhere == nullptr)) return false;
  auto entry = report.fault(Cause::CdnStripsAuth, Certainty::Probable, facts);
  entry
      .summary(elsewhere != nullptr
                   ? fmt::format("The same request is accepted at {} and refused through {}: the CDN does not pass Authorization on.",
                                 elsewhere->request()->url.host, name)
                   : fmt::format(
                         "The request has an Authorization header, the server behind {} says that none came: the CDN does not pass it on.",
                         name))
      .fix(name == "CloudFront" ? "Forward Authorization with a cache policy that lists it, or with the origin request policy "
                                  "AllViewerExceptHostHeader; then invalidate the path."
                                : "Let the CDN forward Authorization to the origin and keep such answers out of its cache.");
  show(entry, facts, name == "CloudFront" ? (has(facts, "via") ? "via" : "x-amz-cf-id") : "server");
  return true;
}

bool web_server(const Facts& facts, Report& report) {
  const std::string server = to_lower(facts.response_field("server"));
  const std::string powered = to_lower(facts.response_field("x-powered-by"));
  const bool apache = server.starts_with("apache") || server.starts_with("litespeed");
  const bool php =
      powered.find("php") != std::string::npos || facts.server_says("jwt_auth_no_auth_header") || facts.server_says("rest_not_logged_in");
  if (!apache && !php) return false;
  const bool wsgi = server.find("wsgi") != std::string::npos || facts.server_says("authentication credentials were not provided");
  auto entry = report.fault(Cause::CgiStripsAuth, Certainty::Probable, facts);
  entry
      .summary(fmt::format(
          "The request has an Authorization header, and the application behind {} says that none came: the web server does not pass it on.",
          apache ? std::string(facts.response_field("server")) : std::string("the web server")))
      .fix(wsgi && !php
               ? "Put WSGIPassAuthorization On into Apache's configuration of the site."
               : "Put CGIPassAuth On into Apache's configuration (or in .htaccess: RewriteRule .* - "
                 "[E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]; PHP-FPM by proxy: SetEnvIf Authorization \"(.*)\" HTTP_AUTHORIZATION=$1).");
  show(entry, facts, apache ? "server" : "x-powered-by");
  return true;
}

bool lambda(const Facts& facts, Report& report) {
  const std::string server = to_lower(facts.response_field("server"));
  const bool aws =
      has(facts, "apigw-requestid") || has(facts, "x-amz-apigw-id") || has(facts, "x-amzn-requestid") || server.starts_with("awselb");
  const bool lower =
      facts.request()->version == "HTTP/2" || facts.request()->version == "HTTP/3" || facts.authorization()->name == "authorization";
  if (!aws || !(lower || has(facts, "apigw-requestid") || server.starts_with("awselb"))) return false;
  auto entry = report.fault(Cause::HeaderCaseSensitiveApp, Certainty::Probable, facts);
  entry
      .summary(
          "The request has an Authorization header, and the function says that none came: header names reach it in lower case (HTTP/2, "
          "HTTP APIs, load balancers), and it looks for 'Authorization'.")
      .fix("Look header names up without case in the function: headers.authorization ?? headers.Authorization.");
  show(entry, facts, has(facts, "apigw-requestid") ? "apigw-requestid" : has(facts, "x-amzn-requestid") ? "x-amzn-requestid" : "server");
  return true;
}

// The application saw a scheme that the client did not send.
void overwritten(const Facts& facts, Report& report) {
  const SentCredential& sent = *facts.authorization();
  const std::string body = to_lower(facts.response_body());
  for (const std::string_view scheme : {"aws4-hmac-sha256", "basic", "negotiate", "ntlm", "digest", "bearer"}) {
    if (sent.is(scheme) || facts.challenge(scheme) != nullptr) continue;
    bool seen = false;
    for (const std::string_view before : {"got ", "got '", "got \\\"", "scheme: ", "scheme ", "scheme '", "scheme \\\"", "type: ", "type ",
                                          "type '", "received ", "found ", "unsupported authorization "}) {
      seen = seen || body.find(std::string(before) + std::string(scheme)) != std::string::npos;
    }
    seen = seen || (scheme == "aws4-hmac-sha256" && is_cloudfront(facts) && body.find(scheme) != std::string::npos &&
                    body.find("requires 'credential'") == std::string::npos);
    // Origin access control signs with its own Authorization; a client's in the way spoils that signature.
    seen =
        seen || (scheme == "aws4-hmac-sha256" && is_cloudfront(facts) && body.find("request signature we calculated") != std::string::npos);
    if (!seen) continue;
    auto entry = report.fault(Cause::HopHeaderOverwrite, Certainty::Probable, facts);
    entry
        .summary(fmt::format(
            "The request has a {} credential, and the application saw {}: a hop in between replaces Authorization with its own.",
            sent.scheme, scheme))
        .fix(scheme == "aws4-hmac-sha256"
                 ? "Let the edge copy the client's Authorization to another header (X-Forwarded-Authorization) before origin access "
                   "control signs the request, and read that one; or switch OAC to 'do not override'."
                 : "Let that hop keep the client's credential in another header, and read it there.");
    show(entry, facts, "via");
    return;
  }
}

}  // namespace

bool says_nothing_came(const Facts& facts) {
  if (std::any_of(kNothingCame.begin(), kNothingCame.end(), [&](std::string_view text) { return facts.server_says(text); })) return true;
  const http::Challenge* bearer = facts.challenge("Bearer");
  // RFC 6750 section 3.1: no error code where the request lacks any authentication information.
  return facts.status == 401 && bearer != nullptr && bearer->param("error") == nullptr && facts.response_body().size() < 64;
}

void judge(const Context& context, const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (facts.response() == nullptr || sent == nullptr || sent->scheme.empty() || trim_ows(sent->rest).empty()) return;
  if (facts.status != 401 && facts.status != 403 && facts.answer != Answer::ErrorBody) return;
  overwritten(facts, report);
  // A scheme that the server does not look for is as good as none.
  if (!facts.challenges.challenges.empty() && std::none_of(facts.challenges.challenges.begin(), facts.challenges.challenges.end(),
                                                           [&](const http::Challenge& c) { return sent->is(c.scheme); }))
    return;
  const bool nothing_came = says_nothing_came(facts);
  const bool named = std::any_of(kNothingCame.begin(), kNothingCame.end(), [&](std::string_view text) { return facts.server_says(text); });
  if (named && lambda(facts, report)) return;
  if (cdn(context, facts, nothing_came, report)) return;
  if (named) web_server(facts, report);
}

}  // namespace quivive::diagnose::stripped_detail
