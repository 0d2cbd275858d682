#include "config/units.h"

#include "base/text.h"

#include <array>
#include <charconv>
#include <optional>

namespace quivive::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> kDurationUnits{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 3> kSizeUnits{{{"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}}};

// A hundred years in milliseconds, or 3 PiB: far below where sums of a few would overflow.
constexpr std::uint64_t kMost = 100ull * 366 * 86'400'000;

// Leading digits and the rest; nothing if there is no digit or too large a number.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || number > kMost) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

template <std::size_t N>
const Unit* find_unit(const std::array<Unit, N>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

template <std::size_t N>
std::string in_largest(const std::array<Unit, N>& units, std::uint64_t value, std::string_view bare) {
  if (value != 0) {
    for (const Unit& unit : units) {
      if (value % unit.factor == 0) return fmt::format("{}{}", value / unit.factor, unit.name);
    }
  }
  return fmt::format("{}{}", value, bare);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number) return error("'{}' is not a duration; write for example 500ms, 60s, 10m, 12h or 90d", printable(text, 40));
  if (rest.empty() && *number == 0) return Duration{0};
  if (rest.empty()) return error("'{}' has no unit; write {}s for seconds, or use ms, m, h, d", printable(text, 40), *number);
  const Unit* unit = find_unit(kDurationUnits, rest);
  if (unit == nullptr) return error("'{}' is not a unit of time; one of ms, s, m, h, d", printable(rest, 40));
  if (*number > kMost / unit->factor) return error("'{}' is more than a hundred years", printable(text, 40));
  return Duration{static_cast<Duration::rep>(*number * unit->factor)};
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number) return error("'{}' is not a size; write for example 16KiB, 1MiB or a number of bytes", printable(text, 40));
  if (rest.empty()) return *number;
  const Unit* unit = find_unit(kSizeUnits, rest);
  if (unit == nullptr) return error("'{}' is not a unit of size; one of KiB, MiB, GiB", printable(rest, 40));
  if (*number > kMost / unit->factor) return error("'{}' is too large", printable(text, 40));
  return *number * unit->factor;
}

Result<std::uint64_t> parse_count(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (!number || !rest.empty()) return error("'{}' is not a whole number", printable(text, 40));
  return *number;
}

std::string to_string(Duration duration) { return in_largest(kDurationUnits, static_cast<std::uint64_t>(duration.count()), "s"); }

std::string size_to_string(std::uint64_t bytes) { return in_largest(kSizeUnits, bytes, ""); }

}  // namespace quivive::config
