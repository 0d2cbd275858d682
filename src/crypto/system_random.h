#pragma once
// The operating system's randomness: getrandom(2).

#include "base/random.h"

namespace quivive::crypto {

// Thread-safe and stateless.
class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace quivive::crypto
