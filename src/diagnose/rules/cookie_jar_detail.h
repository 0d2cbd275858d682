#pragma once
// Cookies as a browser keeps them (RFC 6265bis): what a Set-Cookie line means, why a browser would not store it, and why it
// would not send it with a request. For rules/cookies.cc.

#include "diagnose/cause.h"
#include "diagnose/facts.h"
#include "diagnose/finding.h"
#include "http/set_cookie.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::cookie_detail {

using http::parse_set_cookie;
using http::SetCookie;
using SameSite = SetCookie::SameSite;

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
