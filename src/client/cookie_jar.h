#pragma once
// Cookies of one origin: RFC 6265bis with Domain left out of account, since a cookie here goes back to the host that set it and to no other.

#include "base/clock.h"
#include "base/secret.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::client {

struct Origin;

inline constexpr std::size_t kMaxCookies = 50;        // of an origin; the oldest gives way
inline constexpr std::size_t kMaxCookieBytes = 4096;  // name and value together (RFC 6265bis section 5.6)

struct StoredCookie {
  std::string name;
  Secret value;
  std::string path;  // begins with '/'
  bool secure = false;
  bool http_only = false;          // kept for who writes the jar down; we have no scripts
  std::optional<Instant> expires;  // nothing for a session's
};

class CookieJar {
 public:
  // Takes the value of one Set-Cookie field of an answer of `origin` to a request for `path`. False where the cookie is refused: see refusals in
  // the .cc, each with its section. One that has expired removes what has its name and path.
  bool store(std::string_view set_cookie, const Origin& origin, std::string_view path, Instant now);
  // The value of Cookie for a request, longest path first (section 5.8.3); "" where there is none. A secret.
  [[nodiscard]] std::string header(const Origin& origin, std::string_view path, Instant now) const;
  [[nodiscard]] const std::vector<StoredCookie>& cookies() const { return cookies_; }
  // What was written down earlier.
  void restore(StoredCookie cookie) { cookies_.push_back(std::move(cookie)); }

 private:
  std::vector<StoredCookie> cookies_;  // in the order they were made
};

}  // namespace quivive::client
