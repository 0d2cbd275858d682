#pragma once
// Retry-After (RFC 9110 section 10.2.3), and which requests may be sent once more without being asked.

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace quivive::client {

// How long to wait from `now`: delay-seconds, or a date, which `skew` (the server's clock minus ours) brings to our clock. Never negative, at most
// a year.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view value, Instant now, Duration skew);

// GET, HEAD, OPTIONS, TRACE, PUT, DELETE (RFC 9110 section 9.2.2). Methods that are not known are not.
[[nodiscard]] bool is_idempotent(std::string_view method);

}  // namespace quivive::client
