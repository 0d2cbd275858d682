#pragma once
// Instants as text (RFC 3339 section 5.6).

#include "base/clock.h"

#include <string>

namespace quivive {

// "2027-02-21T10:03:31Z": in UTC, without what is less than a second.
[[nodiscard]] std::string rfc3339(Instant instant);

}  // namespace quivive
