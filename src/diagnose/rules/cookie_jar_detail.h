#pragma once
// Cookies as a browser keeps them (RFC 6265bis): what a Set-Cookie line means, why a browser would not store it, and why it
// would not send it with a request. For rules/cookies.cc.

#include "diagnose/cause.h"
#include "diagnose/facts.h"
#include "diagnose/finding.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::cookie_detail {

struct SetCookie {
  enum class SameSite : std::uint8_t { Unset, None, Lax, Strict };
  std::string line;  // all of it, as sent
  std::string name, value;
  std::string domain;  // lower case, without a dot in front; "" where there is none
  std::string path;    // "" where there is none that begins with '/'
  bool secure = false, http_only = false, partitioned = false;
  SameSite same_site = SameSite::Unset;
  std::optional<Instant> expires;  // Max-Age goes before Expires; nothing for a session cookie
};
// `now` is when the line came.
[[nodiscard]] SetCookie parse_set_cookie(std::string_view line, Instant now);
// A date as browsers read it, in any order and with any separators (RFC 6265 section 5.1.1).
[[nodiscard]] std::optional<Instant> parse_cookie_date(std::string_view text);

struct Objection {
  Cause cause{};
  Certainty certainty{};
  std::string summary, fix, mark;
};

// Wrong in the line alone; `url` is where it came from, nullptr where that is not known.
[[nodiscard]] std::optional<Objection> fault_of(const SetCookie& cookie, const Url* url);

struct StoredCookie {
  SetCookie cookie;
  const Facts* set_by = nullptr;
  std::optional<Objection> refused;  // the browser did not store it
};

class CookieJar {
 public:
  // Takes what the response of `facts` sets.
  void absorb(const Facts& facts);
  // Newest first; everything that this capture set before, also what was not stored.
  [[nodiscard]] const std::vector<StoredCookie>& all() const { return cookies_; }

 private:
  std::vector<StoredCookie> cookies_;
};

// Why a browser does not send `stored` with that request; nothing where it has to.
[[nodiscard]] std::optional<Objection> why_not_sent(const StoredCookie& stored, const Facts& request);

// The pairs of a request's Cookie fields.
[[nodiscard]] std::map<std::string, std::string> sent_cookies(const Facts& facts);

}  // namespace quivive::diagnose::cookie_detail
