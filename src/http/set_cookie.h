#pragma once
// What a Set-Cookie line means (RFC 6265bis section 5.6), read as browsers do; whether to keep it is the reader's to say. And the paths of cookies.

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::http {

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

// default-path (RFC 6265 section 5.1.4): of a cookie without Path that came from a request for `path`.
[[nodiscard]] std::string_view default_cookie_path(std::string_view path);
// path-match (RFC 6265 section 5.1.4).
[[nodiscard]] bool cookie_path_matches(std::string_view request, std::string_view cookie);

}  // namespace quivive::http
