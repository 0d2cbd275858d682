#pragma once
// One code point as UTF-8.

#include <cstdint>
#include <string>

namespace quivive::diagnose::readers {

// Surrogates are written as they stand, as bash does; what is beyond U+10FFFF becomes U+FFFD.
[[nodiscard]] inline std::string utf8(std::uint32_t c) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0 | (c >> 6)), tail(0)};
  if (c > 0x10ffff) return "\xef\xbf\xbd";
  if (c < 0x10000) return {static_cast<char>(0xe0 | (c >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | (c >> 18)), tail(12), tail(6), tail(0)};
}

}  // namespace quivive::diagnose::readers
