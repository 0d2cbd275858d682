#pragma once
// Runs of ordinary bytes, passed over eight at a time. For the .cc files of http/ only.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace quivive::http::detail {

inline constexpr std::uint64_t kOnes = 0x0101010101010101u;
inline constexpr std::uint64_t kHighBits = 0x8080808080808080u;

// High bits of the bytes that are below `limit` (at most 0x80), DEL, or one of `others`. A borrow may mark bytes above the first one that is
// marked rightly, so only "none" and "the first" are to be believed.
template <class... Chars>
constexpr std::uint64_t marks(std::uint64_t word, std::uint64_t limit, Chars... others) {
  const auto zero = [](std::uint64_t x) { return (x - kOnes) & ~x; };
  const std::uint64_t below_or_del = ((word - kOnes * limit) & ~word) | zero(word ^ (kOnes * 0x7f));
  return (below_or_del | ... | zero(word ^ (kOnes * static_cast<std::uint8_t>(others)))) & kHighBits;
}

// The first byte in [p, end) that is below `limit`, DEL, or one of `others`; `end` if there is none.
template <class... Chars>
const char* find_marked(const char* p, const char* end, std::uint8_t limit, Chars... others) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - p >= 8; p += 8) {
      std::uint64_t word;
      std::memcpy(&word, p, sizeof word);
      if (const std::uint64_t found = marks(word, limit, others...); found != 0) return p + std::countr_zero(found) / 8;
    }
  }
  while (p != end && static_cast<std::uint8_t>(*p) >= limit && *p != 0x7f && ((*p != others) && ...)) ++p;
  return p;
}

}  // namespace quivive::http::detail
