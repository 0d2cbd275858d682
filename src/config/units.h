#pragma once
// Durations, sizes and counts as a configuration writes them. Strict: one unit, no spaces, no sign, no fraction.

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::config {

// "500ms", "60s", "10m", "12h", "90d". A bare number is refused, but for 0: seconds or milliseconds, who can tell?
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
// "16KiB", "1MiB", "1GiB", or bytes.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
// Decimal digits.
[[nodiscard]] Result<std::uint64_t> parse_count(std::string_view text);

// In the largest unit that divides it.
[[nodiscard]] std::string to_string(Duration duration);
[[nodiscard]] std::string size_to_string(std::uint64_t bytes);

}  // namespace quivive::config
