#include "client/cookie_jar.h"

#include "base/text.h"
#include "client/origin.h"
#include "http/set_cookie.h"

#include <algorithm>

namespace quivive::client {
namespace {

constexpr Duration kMaxCookieLife = std::chrono::days(400);  // RFC 6265bis section 5.5

// RFC 6265bis section 5.6, step 1.
bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

bool trustworthy(const Origin& origin) { return origin.secure() || origin.loopback(); }

// domain-match (RFC 6265 section 5.1.3).
bool covers_host(std::string_view domain, std::string_view host) {
  if (host == domain) return true;
  const bool address = host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
  return !address && host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

// RFC 6265bis section 5.7, steps 4, 8, 13, 20 and 21.
bool may_store(const http::SetCookie& cookie, std::string_view line, const Origin& origin) {
  const std::string_view pair = line.substr(0, line.find(';'));
  if (pair.find('=') == std::string_view::npos || cookie.name.empty())
    return false;  // a cookie without a name could pass for another's pair
  if (cookie.name.size() + cookie.value.size() > kMaxCookieBytes) return false;
  if (!cookie.domain.empty() && !covers_host(cookie.domain, origin.host)) return false;
  if (cookie.secure && !trustworthy(origin)) return false;
  const std::string name = to_lower(cookie.name);
  if (name.starts_with("__secure-") && !cookie.secure) return false;
  return !name.starts_with("__host-") || (cookie.secure && cookie.path == "/" && cookie.domain.empty());
}

bool expired(const StoredCookie& cookie, Instant now) { return cookie.expires && *cookie.expires <= now; }

}  // namespace

bool CookieJar::store(std::string_view set_cookie, const Origin& origin, std::string_view path, Instant now) {
  if (has_control(set_cookie)) return false;
  const http::SetCookie cookie = http::parse_set_cookie(set_cookie, now);
  if (!may_store(cookie, set_cookie, origin)) return false;
  StoredCookie stored{cookie.name,   Secret(cookie.value), cookie.path.empty() ? std::string(http::default_cookie_path(path)) : cookie.path,
                      cookie.secure, cookie.http_only,     cookie.expires};
  if (stored.expires) stored.expires = std::min(*stored.expires, now + kMaxCookieLife);
  const auto same = std::find_if(cookies_.begin(), cookies_.end(),
                                 [&](const StoredCookie& old) { return old.name == stored.name && old.path == stored.path; });
  if (same != cookies_.end()) {
    *same = std::move(stored);  // it keeps its place among those of one path (step 23)
  } else {
    cookies_.push_back(std::move(stored));
  }
  std::erase_if(cookies_, [&](const StoredCookie& old) { return expired(old, now); });
  if (cookies_.size() > kMaxCookies) cookies_.erase(cookies_.begin());
  return true;
}

std::string CookieJar::header(const Origin& origin, std::string_view path, Instant now) const {
  std::vector<const StoredCookie*> fit;
  for (const StoredCookie& cookie : cookies_) {
    // Threat: a line break in a jar that was written down and read again.
    if (has_control(cookie.name) || has_control(cookie.value.reveal(RevealSecret{}))) continue;
    if (!expired(cookie, now) && (!cookie.secure || trustworthy(origin)) && http::cookie_path_matches(path, cookie.path))
      fit.push_back(&cookie);
  }
  std::stable_sort(fit.begin(), fit.end(), [](const auto* a, const auto* b) { return a->path.size() > b->path.size(); });
  std::string out;
  for (const StoredCookie* cookie : fit) {
    if (!out.empty()) out += "; ";
    out.append(cookie->name).append("=").append(cookie->value.reveal(RevealSecret{}));
  }
  return out;
}

}  // namespace quivive::client
