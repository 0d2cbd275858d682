#include "base/rfc3339.h"

#include <fmt/chrono.h>

namespace quivive {

std::string rfc3339(Instant instant) { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_seconds(instant)))); }

}  // namespace quivive
