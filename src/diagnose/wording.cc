#include "diagnose/wording.h"

#include "base/text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace quivive::diagnose {

std::string span_text(Duration duration) {
  struct Unit {
    std::int64_t seconds;
    std::string_view one, many;
  };
  static constexpr std::array<Unit, 6> kUnits = {{{31556952, "year", "years"},
                                                  {2629746, "month", "months"},
                                                  {86400, "day", "days"},
                                                  {3600, "h", "h"},
                                                  {60, "min", "min"},
                                                  {1, "s", "s"}}};
  const std::int64_t seconds = std::abs(std::chrono::floor<std::chrono::seconds>(duration).count());
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const std::int64_t n = seconds / kUnits[i].seconds;
    if (n == 0 && i + 1 != kUnits.size()) continue;
    std::string out = fmt::format("{} {}", n, n == 1 ? kUnits[i].one : kUnits[i].many);
    if (i + 1 < kUnits.size() && n < 10) {
      const std::int64_t rest = seconds % kUnits[i].seconds / kUnits[i + 1].seconds;
      if (rest != 0) out += fmt::format(" {} {}", rest, rest == 1 ? kUnits[i + 1].one : kUnits[i + 1].many);
    }
    return out;
  }
  return "0 s";
}

std::string instant_text(Instant instant) {
  // Far beyond any clock, as an exp in milliseconds is: fmt would throw, and nobody would read it.
  constexpr std::int64_t kYear9999 = 253402300799;
  const std::int64_t seconds = unix_seconds(instant);
  if (seconds > kYear9999) return "after the year 9999";
  if (seconds < 0) return "before 1970";
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string list_text(std::span<const std::string> items, std::size_t most) {
  if (items.size() > most) {
    std::string out;
    for (std::size_t i = 0; i < most; ++i) out += (i == 0 ? "" : ", ") + items[i];
    return out + fmt::format(" and {} more", items.size() - most);
  }
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

std::string quoted_text(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return "'" + printable(text, limit * 4) + "'";
  const std::size_t half = limit / 2;
  return "'" + printable(text.substr(0, half), half * 4) + "…" + printable(text.substr(text.size() - half), half * 4) + "'";
}

}  // namespace quivive::diagnose
