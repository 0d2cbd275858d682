#pragma once
// HTTP dates in the one form that is sent, IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).

#include "base/clock.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::http {

inline constexpr std::size_t kHttpDateBytes = 29;

// Milliseconds are cut off. Requires a year from 0 to 9999.
[[nodiscard]] std::array<char, kHttpDateBytes> format_http_date(Instant t);
void append_http_date(std::string& out, Instant t);

// Strict: case, spacing, a real date, and the right day of the week. A leap second (:60) is read as the second before.
// The two obsolete forms are not read.
[[nodiscard]] std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace quivive::http
