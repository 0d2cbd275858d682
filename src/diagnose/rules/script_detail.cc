#include "diagnose/rules/script_detail.h"

#include "base/text.h"
#include "diagnose/names.h"
#include "diagnose/rules/browser_detail.h"
#include "diagnose/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::diagnose::script_detail {
namespace {

bool offers_header_scheme(const Facts& facts) {
  return std::any_of(facts.challenges.challenges.begin(), facts.challenges.challenges.end(), [](const http::Challenge& c) {
    return iequals(c.scheme, "Bearer") || iequals(c.scheme, "Token") || iequals(c.scheme, "JWT") || iequals(c.scheme, "DPoP");
  });
}

// Cross-origin, no cookie, and the server's answer would not let a script see a request with credentials either.
void no_credentials(const Context& context, const Facts& facts, Report& report) {
  if (context.capture.credentials_hidden || facts.request_field("origin").empty() || !facts.request_field("cookie").empty() ||
      !facts.credentials.empty())
    return;
  if (facts.status != 401 && facts.status != 403 && facts.answer != Answer::ErrorBody) return;
  const browser_detail::Relation where = browser_detail::relation(facts);
  if ((where != browser_detail::Relation::CrossSite && where != browser_detail::Relation::SameSite) ||
      browser_detail::is_navigation(facts) || facts.exchange->resource_type == "websocket")
    return;
  if (iequals(facts.response_field("access-control-allow-credentials"), "true") || !facts.challenges.challenges.empty() ||
      report.has(Cause::FetchNoCredentials, facts) || report.has(Cause::CookiePartitioned, facts))
    return;
  report.fault(Cause::FetchNoCredentials, Certainty::Probable, facts)
      .summary(fmt::format("The script at {} asked {} without cookies, and the server does not allow credentials from there.",
                           facts.request_field("origin"), facts.request()->url.host))
      .fix(fmt::format("In the page: fetch(url, {{ credentials: 'include' }}), in axios withCredentials: true. On the server: "
                       "Access-Control-Allow-Credentials: true and Access-Control-Allow-Origin: {} (not *).",
                       facts.request_field("origin")))
      .see("request.header", "origin", std::string(facts.request_field("origin")))
      .see("response.header", "access-control-allow-origin", std::string(facts.response_field("access-control-allow-origin")));
}

constexpr auto kCsrfTexts = std::to_array<std::string_view>({"csrf failed",
                                                             "csrf verification",
                                                             "csrf validation",
                                                             "csrf check",
                                                             "csrf error",
                                                             "invalid csrf",
                                                             "missing csrf",
                                                             "bad csrf",
                                                             "csrf token",
                                                             "csrf_token",
                                                             "csrf cookie",
                                                             "csrftoken",
                                                             "csrf-token",
                                                             "csrf protection",
                                                             "csrf attack",
                                                             "csrf detected",
                                                             "csrf mismatch",
                                                             "xsrf",
                                                             "forgery",
                                                             "authenticity token",
                                                             "authenticity_token",
                                                             "invalidauthenticitytoken",
                                                             "ebadcsrftoken",
                                                             "invalid request token",
                                                             "cross site request",
                                                             "cross-site request"});

std::string csrf_text(const Facts& facts) {
  if (iequals(facts.response_field("x-csrf-token"), "required")) return "x-csrf-token: Required";  // SAP
  const std::string body = to_lower(facts.response_body());
  for (const std::string_view text : kCsrfTexts) {
    for (std::size_t at = body.find(text); at != std::string::npos; at = body.find(text, at + 1)) {
      // A page with a form has the token's name in its markup.
      const std::string_view before = std::string_view(body).substr(at > 8 ? at - 8 : 0, std::min<std::size_t>(at, 8));
      const bool markup = before.find("name=") != std::string_view::npos || before.find("id=") != std::string_view::npos ||
                          (at > 0 && (body[at - 1] == '_' || body[at - 1] == '-'));
      if (!markup) return std::string(facts.response_body().substr(at > 40 ? at - 40 : 0, text.size() + 80));
    }
  }
  return {};
}

bool is_csrf_name(std::string_view name) {
  const std::string lower = to_lower(name);
  return lower.find("csrf") != std::string::npos || lower.find("xsrf") != std::string::npos || lower == "requestverificationtoken";
}

void csrf(const Facts& facts, Report& report) {
  if (facts.status != 400 && facts.status != 401 && facts.status != 403) return;
  const auto& fields = facts.request()->headers.all();
  const bool sent = std::any_of(fields.begin(), fields.end(), [](const HeaderField& f) { return is_csrf_name(f.name); });
  const std::string text = csrf_text(facts);
  const std::string& method = facts.request()->method;
  const bool unsafe = method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
  if (!text.empty()) {
    report.fault(Cause::CsrfAs401, Certainty::Probable, facts)
        .server_said()
        .summary(
            sent
                ? fmt::format("The server refuses the CSRF token of the request with {}: it does not belong to this session.", facts.status)
                : fmt::format("The server refuses the request with {} for want of a CSRF token, not for its credentials.", facts.status))
        .fix(
            sent
                ? "Fetch a new CSRF token after signing in, and send it with the cookies of the same session; behind a proxy check that "
                  "Origin and Host agree (Django: CSRF_TRUSTED_ORIGINS)."
                : "Send the token that the server gives in a cookie or page: X-CSRFToken (Django), X-XSRF-TOKEN (Laravel, Spring, "
                  "Angular), X-CSRF-Token (Rails, SAP: fetch it with 'X-CSRF-Token: Fetch'); or use a token instead of the session cookie.")
        .see("response.body", "", text)
        .see("request.line", "", method + ' ' + facts.request()->url.path_and_query());
    return;
  }
  const auto cookie = facts.request_field("cookie");
  const bool has_token_cookie =
      to_lower(cookie).find("xsrf-token=") != std::string::npos || to_lower(cookie).find("csrftoken=") != std::string::npos;
  if (!unsafe || sent || !has_token_cookie || facts.authorization() != nullptr) return;
  report.fault(Cause::CsrfAs401, Certainty::Suggestive, facts)
      .summary(fmt::format("The {} has the cookie of a CSRF token and not the header that repeats it.", method))
      .fix(
          "Copy the cookie's value into X-XSRF-TOKEN (or X-CSRFToken for Django); axios does so for its own origin only, elsewhere with "
          "withXSRFToken: true.")
      .see("request.header", "cookie", std::string(cookie), "XSRF-TOKEN");
}

struct Kind {
  std::string_view name;
  std::string_view fix;
  bool certain;
};

// The kinds of request whose headers a page cannot set.
std::optional<Kind> headerless_kind(const Facts& facts) {
  const std::string& type = facts.exchange->resource_type;
  const std::string_view destination = facts.request_field("sec-fetch-dest");
  const auto is = [&](std::string_view name) { return type == name || destination == name; };
  constexpr std::string_view kFetchIt =
      "Load it with fetch() and an Authorization header and show the result (URL.createObjectURL), sign the URL for a short time, or use a "
      "session cookie.";
  if (is("websocket") || iequals(facts.request_field("upgrade"), "websocket")) {
    return Kind{"A browser's WebSocket",
                "Fetch a one-time ticket with the token and put it into the WebSocket's URL, use a session cookie, send the token as the "
                "first message, or name it as a subprotocol (new WebSocket(url, ['bearer', token])).",
                true};
  }
  const bool event_accept = facts.request_field("accept").starts_with("text/event-stream");
  if (is("eventsource") || event_accept) {
    return Kind{"A browser's EventSource",
                "Use fetch() and read the stream (the package @microsoft/fetch-event-source does), a one-time ticket in the URL, or a "
                "session cookie.",
                is("eventsource")};
  }
  if (is("image") || is("img")) return Kind{"An <img>", kFetchIt, true};
  if (is("media") || is("video") || is("audio") || is("track")) return Kind{"A media element", kFetchIt, true};
  if (is("object") || is("embed")) return Kind{"An embedded object", kFetchIt, true};
  if (is("script") || is("style") || is("stylesheet") || is("font")) return Kind{"A script, style or font element", kFetchIt, true};
  if (browser_detail::is_navigation(facts)) return Kind{"A link, download or page load", kFetchIt, false};
  return std::nullopt;
}

void no_header(const Context& context, const Facts& facts, Report& report) {
  if ((facts.status != 401 && facts.status != 403) || !browser_detail::is_browser(facts) || facts.authorization() != nullptr ||
      facts.request_field("sec-websocket-protocol").size() > 24)
    return;
  // A cookie or a key in the URL is how such a request is signed in.
  if (!facts.credentials.empty()) return;
  const auto kind = headerless_kind(facts);
  if (!kind) return;
  const bool wants_header = offers_header_scheme(facts);
  // Others to the same place carry a header, so that is what the API goes by.
  const bool others = std::any_of(context.facts.begin(), context.facts.end(), [&](const Facts& one) {
    return one.request() != nullptr && one.authorization() != nullptr && one.authorization()->is("Bearer") &&
           one.request()->url.host == facts.request()->url.host;
  });
  if (!kind->certain && !wants_header) return;
  if (browser_detail::is_navigation(facts) && !others) return;
  // Where the capture hides credentials, a cookie may have been sent with an image; a stream to an API is another matter.
  const bool stream = kind->name.find("Socket") != std::string_view::npos || kind->name.find("EventSource") != std::string_view::npos;
  if (context.capture.credentials_hidden && !wants_header && !stream) return;
  const bool proven = kind->certain && (stream || !context.capture.credentials_hidden);
  report.fault(Cause::WsSseImgNoHeader, proven ? Certainty::Certain : Certainty::Probable, facts)
      .summary(fmt::format("{} cannot carry an Authorization header, so this request to {} went without the token.", kind->name,
                           facts.request()->url.path))
      .fix(std::string(kind->fix))
      .see("request.line", "", facts.request()->method + ' ' + facts.request()->url.text())
      .see("request.header", facts.request_field("sec-fetch-dest").empty() ? "upgrade" : "sec-fetch-dest",
           facts.request_field("sec-fetch-dest").empty() ? std::string(facts.request_field("upgrade"))
                                                         : std::string(facts.request_field("sec-fetch-dest")))
      .see("response.status", "", fmt::format("{}", facts.status));
}

void stale_basic(const Context& context, const Facts& facts, Report& report) {
  const SentCredential* sent = facts.authorization();
  if (facts.status != 401 || sent == nullptr || !sent->is("Basic") || !browser_detail::is_browser(facts) || context.capture.command) return;
  const Facts* earlier = nullptr;
  for (std::size_t i = 0; i < facts.at && earlier == nullptr; ++i) {
    const SentCredential* theirs = context.facts[i].authorization();
    if (theirs != nullptr && theirs->value == sent->value && context.facts[i].request()->url.host == facts.request()->url.host)
      earlier = &context.facts[i];
  }
  // A single request of a script: its author set the header.
  if (earlier == nullptr && !browser_detail::is_navigation(facts)) return;
  report.fault(Cause::StaleBrowserBasic, Certainty::Probable, facts)
      .summary(earlier == nullptr ? std::string("The browser sent a Basic credential by itself, as it does with one that it remembers for "
                                                "this site, and the server refuses it.")
                                  : fmt::format("The browser sent the same Basic credential as in request {} again, which it remembers for "
                                                "this site, and the server refuses it.",
                                                earlier->exchange->index + 1))
      .fix(
          "Try in a private window; to be asked again close all windows of the browser, or open https://other@HOST/ once. A page's own "
          "requests should send their Authorization header themselves.")
      .see("request.header", "authorization", sent->value, "Basic");
}

}  // namespace

void judge(const Context& context, const Facts& facts, Report& report) {
  if (!facts.is_refused() || facts.request() == nullptr || facts.exchange->to_proxy || browser_detail::is_preflight(facts)) return;
  csrf(facts, report);
  no_header(context, facts, report);
  if (!report.has(Cause::WsSseImgNoHeader, facts)) no_credentials(context, facts, report);
  stale_basic(context, facts, report);
}

}  // namespace quivive::diagnose::script_detail
