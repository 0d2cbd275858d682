#include "diagnose/rules/cookie_jar_detail.h"

#include "base/text.h"
#include "diagnose/rules/browser_detail.h"
#include "diagnose/wording.h"
#include "http/cookie.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace quivive::diagnose::cookie_detail {
namespace {

constexpr std::size_t kMaxCookies = 2000;

// RFC 6265 section 5.1.3
bool domain_matches(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.' &&
                            host.find_first_not_of("0123456789.") != std::string_view::npos);
}

bool is_public_suffix(std::string_view domain) {
  return registrable_domain("x." + std::string(domain)) == "x." + std::string(domain) && !browser_detail::is_local_host(domain);
}

std::string_view name_of_same_site(SameSite value) {
  switch (value) {
    case SameSite::None: return "SameSite=None";
    case SameSite::Lax: return "SameSite=Lax";
    case SameSite::Strict: return "SameSite=Strict";
    case SameSite::Unset: return "no SameSite, which browsers take for Lax";
  }
  return {};
}

std::string cookie_text(const SetCookie& cookie) { return "cookie '" + printable(cookie.name, 60) + "'"; }

Objection objection(Cause cause, std::string summary, std::string fix, std::string mark, Certainty certainty = Certainty::Certain) {
  return {cause, certainty, std::move(summary), std::move(fix), std::move(mark)};
}

// Lax is the default in Chromium only; others have announced it.
Certainty of_default(const SetCookie& cookie, const Facts& facts) {
  return cookie.same_site != SameSite::Unset || browser_detail::is_chromium(facts) || !browser_detail::is_browser(facts)
             ? Certainty::Certain
             : Certainty::Probable;
}

// SameSite for a request (RFC 6265bis section 5.8.3): Lax lets only page loads by a safe method through.
std::optional<Objection> same_site_objection(const SetCookie& cookie, const StoredCookie& stored, const Facts& facts) {
  if (cookie.same_site == SameSite::None || browser_detail::relation(facts) != browser_detail::Relation::CrossSite) return std::nullopt;
  const bool navigation = browser_detail::is_navigation(facts);
  const std::string& method = facts.request()->method;
  if (cookie.same_site != SameSite::Strict && navigation && (method == "GET" || method == "HEAD")) return std::nullopt;
  // Chromium's "Lax and POST": two minutes for cookies without the attribute.
  if (cookie.same_site == SameSite::Unset && navigation && facts.now - stored.set_by->now < std::chrono::minutes(2)) return std::nullopt;
  const auto from = browser_detail::initiator(facts);
  return objection(
      Cause::CookieSamesite,
      fmt::format("The {} has {}, and this {} to {} comes from another site{}, so the browser did not send it.", cookie_text(cookie),
                  name_of_same_site(cookie.same_site), navigation ? method + " page load" : std::string("request"),
                  facts.request()->url.host, from && !from->host.empty() ? " (" + from->host + ")" : ""),
      "Set it with SameSite=None; Secure, or serve page and API from one site (app.example.com and api.example.com are one).",
      cookie.same_site == SameSite::Unset ? "" : std::string(name_of_same_site(cookie.same_site)), of_default(cookie, facts));
}

std::string after(const Facts& set_by) {
  return set_by.request() == nullptr ? "an earlier response"
                                     : "the response to " + set_by.request()->method + ' ' + set_by.request()->url.path;
}

}  // namespace

std::optional<Objection> fault_of(const SetCookie& cookie, const Url* url) {
  const std::string text = cookie_text(cookie);
  if (cookie.same_site == SameSite::None && !cookie.secure) {
    return objection(Cause::CookieSamesite, fmt::format("The {} has SameSite=None without Secure, so browsers do not store it.", text),
                     "Set it with SameSite=None; Secure, over https.", "SameSite=None");
  }
  const std::string lower = to_lower(cookie.name);
  if (lower.starts_with("__host-") && (!cookie.secure || cookie.path != "/" || !cookie.domain.empty())) {
    return objection(Cause::CookieDomainPath,
                     fmt::format("The {} has the prefix __Host- and {}, so browsers do not store it.", text,
                                 !cookie.secure           ? "no Secure"
                                 : !cookie.domain.empty() ? "a Domain"
                                                          : "no Path=/"),
                     "Set it with Secure; Path=/ and without Domain, or under a name without the prefix.",
                     !cookie.domain.empty() ? "Domain" : cookie.name);
  }
  if (lower.starts_with("__secure-") && !cookie.secure) {
    return objection(Cause::CookieDomainPath,
                     fmt::format("The {} has the prefix __Secure- and no Secure, so browsers do not store it.", text),
                     "Add Secure, or use a name without the prefix.", cookie.name);
  }
  if (cookie.partitioned && !cookie.secure) {
    return objection(Cause::CookiePartitioned, fmt::format("The {} is Partitioned without Secure, so browsers do not store it.", text),
                     "Set it with Secure; SameSite=None; Partitioned.", "Partitioned", Certainty::Probable);
  }
  if (!cookie.domain.empty() && is_public_suffix(cookie.domain) && (url == nullptr || url->host != cookie.domain)) {
    return objection(Cause::CookieDomainPath,
                     fmt::format("The {} is set for the domain {}, under which anybody can have a name, so browsers do not store it.", text,
                                 cookie.domain),
                     "Set Domain to your own domain, or leave it out.", cookie.domain);
  }
  if (url == nullptr || url->host.empty()) return std::nullopt;
  if (!cookie.domain.empty() && !domain_matches(url->host, cookie.domain)) {
    return objection(Cause::CookieDomainPath,
                     fmt::format("The {} is set by {} for the domain {}, which that host does not belong to, so browsers do not store it.",
                                 text, url->host, cookie.domain),
                     fmt::format("Leave Domain out, or set it to {} or a domain above it.", url->host), cookie.domain);
  }
  if (cookie.secure && url->scheme == "http" && !browser_detail::is_local_host(url->host)) {
    return objection(Cause::CookieSecureHttp,
                     fmt::format("The {} has Secure and was set over http by {}, so browsers do not store it.", text, url->host),
                     "Use https, also in development (or http://localhost, which browsers trust); behind a proxy that ends TLS open the "
                     "site by its https address.",
                     "Secure");
  }
  return std::nullopt;
}

void CookieJar::absorb(const Facts& facts) {
  if (facts.response() == nullptr || facts.request() == nullptr) return;
  for (const HeaderField* field : facts.response()->headers.every("set-cookie")) {
    if (cookies_.size() >= kMaxCookies) return;
    StoredCookie stored{parse_set_cookie(field->value, facts.now), &facts, std::nullopt};
    const SetCookie& cookie = stored.cookie;
    stored.refused = fault_of(cookie, &facts.request()->url);
    // RFC 6265bis section 5.7: a cross-site response may set only what would be sent back to it.
    if (!stored.refused && cookie.same_site != SameSite::None && browser_detail::relation(facts) == browser_detail::Relation::CrossSite &&
        !browser_detail::is_navigation(facts)) {
      stored.refused =
          objection(Cause::CookieSamesite,
                    fmt::format("The {} has {} and was set in an answer to a request from another site, so the browser did not store it.",
                                cookie_text(cookie), name_of_same_site(cookie.same_site)),
                    "Set it with SameSite=None; Secure, or serve page and API from one site.",
                    cookie.same_site == SameSite::Unset ? "" : std::string(name_of_same_site(cookie.same_site)), of_default(cookie, facts));
    }
    if (!stored.refused) {
      // The new one takes the place of one with the same name, domain and path.
      const std::string path = cookie.path.empty() ? std::string(http::default_cookie_path(facts.request()->url.path)) : cookie.path;
      std::erase_if(cookies_, [&](const StoredCookie& old) {
        const Url& url = old.set_by->request()->url;
        const bool same_scope = old.cookie.domain == cookie.domain && (!cookie.domain.empty() || url.host == facts.request()->url.host);
        return old.cookie.name == cookie.name && same_scope && (old.cookie.path.empty() ? std::string(http::default_cookie_path(url.path)) : old.cookie.path) == path;
      });
    }
    cookies_.insert(cookies_.begin(), std::move(stored));
  }
}

std::optional<Objection> why_not_sent(const StoredCookie& stored, const Facts& request) {
  if (stored.refused) return stored.refused;
  const SetCookie& cookie = stored.cookie;
  const Url& from = stored.set_by->request()->url;
  const Url& url = request.request()->url;
  const std::string text = cookie_text(cookie);
  if (cookie.expires && *cookie.expires <= request.now) {
    const bool deleted = *cookie.expires <= stored.set_by->now;
    return objection(Cause::CookieExpired,
                     deleted ? fmt::format("The server deleted the {} in {}.", text, after(*stored.set_by))
                             : fmt::format("The {} expired {} before this request.", text, span_text(request.now - *cookie.expires)),
                     deleted ? "Sign in again; if that was no sign-out, look at why the server ended the session there."
                             : "Sign in again; give the cookie a longer Max-Age, or renew it with each answer, if that was too short.",
                     deleted                                            ? ""
                     : cookie.line.find("Max-Age") != std::string::npos ? "Max-Age"
                                                                        : "xpires");
  }
  if (cookie.domain.empty() && from.host != url.host) {
    return objection(
        Cause::CookieDomainPath,
        fmt::format("The {} was set by {} without Domain, so it goes back to that host only, and not to {}.", text, from.host, url.host),
        fmt::format("Set it with Domain={} if both hosts are to see it, or sign in on {}.", registrable_domain(url.host), url.host), "");
  }
  if (!cookie.domain.empty() && !domain_matches(url.host, cookie.domain)) {
    return objection(Cause::CookieDomainPath,
                     fmt::format("The {} is for the domain {}, and the request went to {}.", text, cookie.domain, url.host),
                     fmt::format("Set it with Domain={}, or call a host below {}.", registrable_domain(url.host), cookie.domain),
                     "Domain=" + cookie.domain);
  }
  const std::string path = cookie.path.empty() ? std::string(http::default_cookie_path(from.path)) : cookie.path;
  if (!http::cookie_path_matches(url.path, path)) {
    return objection(Cause::CookieDomainPath,
                     cookie.path.empty()
                         ? fmt::format("The {} was set by {} without Path, so it is for {} only, and the request is for {}.", text,
                                       from.path, path, url.path)
                         : fmt::format("The {} has Path={}, and the request is for {}.", text, path, url.path),
                     "Set it with Path=/.", cookie.path.empty() ? "" : "Path=" + path);
  }
  if (cookie.secure && url.scheme == "http" && !browser_detail::is_local_host(url.host)) {
    return objection(Cause::CookieSecureHttp, fmt::format("The {} has Secure, and the request went over http.", text),
                     fmt::format("Use https://{}; a link, redirect or configured base URL still says http.", url.host), "Secure");
  }
  return same_site_objection(cookie, stored, request);
}

std::map<std::string, std::string> sent_cookies(const Facts& facts) {
  std::map<std::string, std::string> out;
  if (facts.request() == nullptr) return out;
  for (const HeaderField* field : facts.request()->headers.every("cookie")) {
    const std::array<http::Field, 1> fields = {{{.name = "Cookie", .value = field->value, .id = http::field_id("Cookie")}}};
    http::CookieReader reader(fields);
    http::Cookie cookie;
    while (reader.next(cookie) && out.size() < 500) out.try_emplace(std::string(cookie.name), std::string(cookie.value));
  }
  return out;
}

}  // namespace quivive::diagnose::cookie_detail
