#pragma once
// Cookies of a request (RFC 6265 section 4.2.1). Several Cookie fields are read as one list.

#include "http/request.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace quivive::http {

struct Cookie {
  std::string_view name;   // "" for a pair without '='
  std::string_view value;  // as sent, double quotes included
};

// Walks the pairs of all Cookie fields; empty pairs are skipped. Borrows from the fields and their bytes.
class CookieReader {
 public:
  explicit CookieReader(std::span<const Field> fields) : fields_(fields) {}
  [[nodiscard]] bool next(Cookie& cookie);

 private:
  std::span<const Field> fields_;
  std::string_view rest_;
};

struct CookieMatch {
  std::size_t count = 0;   // how often the name occurs; more than one means that somebody planted a second
  std::string_view value;  // of the first
};
// Names are compared exactly (RFC 6265 does not fold case), white space around them left out of account.
[[nodiscard]] CookieMatch find_cookie(std::span<const Field> fields, std::string_view name);

// Appends the value of one Cookie field without pairs of that name, in the form `a=1; b=2`. Returns how many were left
// out. Nothing is appended where no pair remains: the field is then to be dropped.
std::size_t append_cookies_without(std::string& out, std::string_view cookie_value, std::string_view name);

}  // namespace quivive::http
