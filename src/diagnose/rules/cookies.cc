// Cookies over a capture: what was set before, whether it should have come with the request that was refused, and why it
// did not (RFC 6265bis). Requests of scripts without credentials and other browser matters are in script_detail.cc.

#include "diagnose/rule.h"
#include "diagnose/names.h"
#include "diagnose/rules/browser_detail.h"
#include "diagnose/rules/cookie_jar_detail.h"
#include "diagnose/rules/script_detail.h"
#include "diagnose/wording.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace quivive::diagnose {
namespace cookie_detail {
namespace {

Report::Entry& say(Report::Entry&& entry, const Objection& objection, const SetCookie& cookie) {
  entry.summary(objection.summary).fix(objection.fix);
  return entry.see("response.header", "set-cookie", cookie.line, objection.mark);
}

bool carries_a_session(const SetCookie& cookie) {
  const std::string lower = to_lower(cookie.name);
  return is_session_cookie(cookie.name) || lower.starts_with("__host-") || lower.starts_with("__secure-");
}

// Faults that a Set-Cookie line has by itself.
void lines(const Context& context, const Facts& facts, Report& report) {
  if (facts.response() == nullptr) return;
  const Url* url = facts.request() == nullptr ? nullptr : &facts.request()->url;
  for (const HeaderField* field : facts.response()->headers.every("set-cookie")) {
    const SetCookie cookie = parse_set_cookie(field->value, facts.now);
    const auto objection = fault_of(cookie, url);
    if (objection && context.capture.is_loose) {
      say(report.fault(objection->cause, objection->certainty, facts), *objection, cookie);
    } else if (objection && carries_a_session(cookie)) {
      say(report.warn(objection->cause, objection->certainty, facts), *objection, cookie);
    } else if (context.capture.is_loose && cookie.expires && *cookie.expires <= facts.now) {
      report.fault(Cause::CookieExpired, Certainty::Certain, facts)
          .summary(fmt::format("The cookie '{}' is over ({}): the line deletes it.", printable(cookie.name, 60),
                               *cookie.expires <= Instant{} ? "Max-Age is not above 0" : instant_text(*cookie.expires)))
          .fix("Sign in again; a line like this is a sign-out, or the server's way to end a session that it does not know any more.")
          .see("response.header", "set-cookie", cookie.line);
    }
  }
}

// A scheme other than cookies is asked for: then a missing cookie is one explanation of two.
Certainty lowered(Certainty certainty, const Facts& facts) {
  const bool other_scheme =
      std::any_of(facts.challenges.challenges.begin(), facts.challenges.challenges.end(), [](const http::Challenge& c) {
        return iequals(c.scheme, "Bearer") || iequals(c.scheme, "Basic") || iequals(c.scheme, "Digest") || iequals(c.scheme, "Negotiate") ||
               iequals(c.scheme, "Token");
      });
  return other_scheme ? std::min(certainty, Certainty::Probable) : certainty;
}

bool of_same_site(const StoredCookie& stored, const Url& url) {
  return registrable_domain(stored.set_by->request()->url.host) == registrable_domain(url.host);
}

// Set, in scope, and not sent: the script did not ask for it, or the browser keeps other sites' cookies out.
void unexplained(const StoredCookie& stored, const Facts& facts, Report& report) {
  const SetCookie& cookie = stored.cookie;
  const std::string name = printable(cookie.name, 60);
  if (!browser_detail::is_browser(facts)) {
    // Raw messages do not show the scheme: plain http, or a client that keeps no cookies.
    if (!cookie.secure || !facts.request()->url.scheme.empty()) return;
    report.fault(Cause::CookieSecureHttp, Certainty::Probable, facts)
        .summary(fmt::format("The cookie '{}' has Secure and was not sent back, as clients do over plain http.", name))
        .fix("Use https:// for both requests; if they were, let the client keep cookies (requests.Session(), curl -c FILE -b FILE).")
        .see("response.header", "set-cookie", cookie.line, "Secure");
    return;
  }
  const bool script = !browser_detail::is_navigation(facts) && facts.exchange->resource_type != "websocket";
  const bool invited = iequals(facts.response_field("access-control-allow-credentials"), "true");
  // The browser's own word (Sec-Fetch-Storage-Access), or a frame's request to its own origin within another site's page.
  const std::string_view access = facts.request_field("sec-fetch-storage-access");
  const auto from = browser_detail::initiator(facts);
  const bool framed = access == "none" || access == "inactive" || (from && same_origin(*from, facts.request()->url));
  if (browser_detail::relation(facts) == browser_detail::Relation::CrossSite && (invited || framed || !script)) {
    report.fault(Cause::CookiePartitioned, Certainty::Probable, facts)
        .summary(fmt::format(
            "The cookie '{}' allows requests from other sites and was not sent: the browser keeps third-party cookies out.", name))
        .fix(cookie.partitioned
                 ? "Sign in again within the embedding page: a Partitioned cookie belongs to the site it was set under; or use a token in "
                   "a header."
                 : "Set it with SameSite=None; Secure; Partitioned, serve the API from the page's own site, or use the Storage Access API.")
        .see("response.header", "set-cookie", cookie.line, "SameSite=None")
        .see("request.header", "origin", std::string(facts.request_field("origin")));
  } else if (script) {
    report.fault(Cause::FetchNoCredentials, Certainty::Probable, facts)
        .summary(fmt::format("The cookie '{}' fits this request and was not sent: the script asked without credentials.", name))
        .fix(
            "fetch(url, { credentials: 'include' }), in axios withCredentials: true; the server answers with "
            "Access-Control-Allow-Credentials: true and the exact origin in Access-Control-Allow-Origin.")
        .see("response.header", "set-cookie", cookie.line)
        .see("request.header", "origin", std::string(facts.request_field("origin")));
  }
}

void missing(const Facts& facts, const CookieJar& jar, const std::map<std::string, std::string>& sent, Report& report) {
  const bool bearer = facts.challenge("Bearer") != nullptr;
  std::set<Cause> said;
  std::set<std::string> fits;
  for (const StoredCookie& stored : jar.all()) {
    if (!why_not_sent(stored, facts)) fits.insert(stored.cookie.name);
  }
  for (const StoredCookie& stored : jar.all()) {
    const SetCookie& cookie = stored.cookie;
    if (!carries_a_session(cookie) || sent.contains(cookie.name) || !of_same_site(stored, facts.request()->url)) continue;
    if (bearer && to_lower(cookie.name).find("refresh") != std::string::npos) continue;  // kept from the API on purpose
    const auto objection = why_not_sent(stored, facts);
    if (!objection) {
      if (said.insert(Cause::FetchNoCredentials).second) unexplained(stored, facts, report);
    } else if (!fits.contains(cookie.name) && said.insert(objection->cause).second) {
      say(report.fault(objection->cause, lowered(objection->certainty, facts), facts), *objection, cookie)
          .see("request.line", "", facts.request()->method + ' ' + facts.request()->url.text());
    }
  }
}

// What was sent is known to be over.
void outdated(const Facts& facts, const CookieJar& jar, const std::map<std::string, std::string>& sent, Report& report) {
  for (const auto& [name, value] : sent) {
    if (!is_session_cookie(name)) continue;
    if (value == "deleted") {
      report.fault(Cause::CookieExpired, Certainty::Certain, facts)
          .summary(fmt::format("The cookie '{}' has the value 'deleted', which servers write to end a session.", printable(name, 60)))
          .fix("Sign in again, and let the client drop cookies whose Expires or Max-Age is over instead of sending them.")
          .see("request.cookie", name, name + "=deleted", "deleted");
      continue;
    }
    for (const StoredCookie& stored : jar.all()) {
      if (stored.cookie.name != name || stored.cookie.value != value || !stored.cookie.expires || *stored.cookie.expires > facts.now)
        continue;
      report.fault(Cause::CookieExpired, Certainty::Certain, facts)
          .summary(fmt::format("The cookie '{}' expired {} before this request, and the client sent it all the same.", printable(name, 60),
                               span_text(facts.now - *stored.cookie.expires)))
          .fix("Sign in again.")
          .see("response.header", "set-cookie", stored.cookie.line, "xpires")
          .see("request.cookie", name, name + '=' + value);
    }
    if (facts.response() == nullptr) continue;
    for (const HeaderField* field : facts.response()->headers.every("set-cookie")) {
      const SetCookie cookie = parse_set_cookie(field->value, facts.now);
      if (cookie.name != name || !cookie.expires || *cookie.expires > facts.now) continue;
      report.fault(Cause::CookieExpired, Certainty::Probable, facts)
          .summary(fmt::format("The server refuses the cookie '{}' and deletes it: the session is over.", printable(name, 60)))
          .fix("Sign in again.")
          .see("request.cookie", name, name + '=' + value)
          .see("response.header", "set-cookie", cookie.line);
    }
  }
}

}  // namespace
}  // namespace cookie_detail

void rules::cookies(const Context& context, Report& report) {
  cookie_detail::CookieJar jar;
  for (const Facts& facts : context.facts) {
    cookie_detail::lines(context, facts, report);
    const bool relevant = facts.is_refused() && facts.request() != nullptr && !facts.exchange->to_proxy &&
                          !browser_detail::is_preflight(facts) && !context.capture.credentials_hidden;
    if (relevant && facts.authorization() == nullptr) {
      const auto sent = cookie_detail::sent_cookies(facts);
      const bool has_session = std::any_of(sent.begin(), sent.end(), [](const auto& pair) { return is_session_cookie(pair.first); });
      if (has_session) cookie_detail::outdated(facts, jar, sent, report);
      else cookie_detail::missing(facts, jar, sent, report);
    }
    jar.absorb(facts);
    script_detail::judge(context, facts, report);
  }
}

}  // namespace quivive::diagnose
