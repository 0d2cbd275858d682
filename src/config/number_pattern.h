#pragma once
// A range of numbers as a regular expression: a JSON Schema has no other bounds for numbers that carry a unit.

#include <cstdint>
#include <string>

namespace quivive::config {

// Matches the decimal digits of every whole number from `least` to `most`, without leading zeros, and of no other: "[1-9]|1[0-2]".
// `least` is not above `most`, and that below 10^18.
[[nodiscard]] std::string number_pattern(std::uint64_t least, std::uint64_t most);

}  // namespace quivive::config
