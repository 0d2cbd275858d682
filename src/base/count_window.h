#pragma once
// CountWindow: which counts of one thing were used, told exactly for the newest of them (RFC 7616 section 3.4, `nc`; as RFC 4303
// section 3.4.3 does it for packets).

#include <cstdint>

namespace quivive {

enum class CountClaim : std::uint8_t {
  Fresh,     // it is the caller's now, and nobody else's
  Replayed,  // used before
  Forgotten, // too far behind the highest count to be told, or of something that is not remembered any more
};

// How far behind the highest count another may arrive: parallel requests overtake each other.
inline constexpr std::uint32_t kCountWindow = 64;

struct CountWindow {
  std::uint32_t highest = 0;
  std::uint64_t used = 0;  // bit n: highest - n was used

  [[nodiscard]] CountClaim claim(std::uint32_t count) {
    if (count > highest) {
      const std::uint32_t ahead = count - highest;
      used = ahead < kCountWindow ? used << ahead | 1 : 1;
      highest = count;
      return CountClaim::Fresh;
    }
    const std::uint32_t behind = highest - count;
    if (behind >= kCountWindow) return CountClaim::Forgotten;
    const std::uint64_t bit = std::uint64_t{1} << behind;
    if ((used & bit) != 0) return CountClaim::Replayed;
    used |= bit;
    return CountClaim::Fresh;
  }
};

}  // namespace quivive
