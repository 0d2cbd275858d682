#pragma once
// Randomness is a constructor argument; the operating system's source lives in crypto/system_random.h.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace quivive {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills `out` with bytes fit for keys. Ends the program if the system has none: there is no safe way on.
  virtual void fill(std::span<std::uint8_t> out) = 0;

  [[nodiscard]] std::string bytes(std::size_t n) {
    std::string out(n, '\0');
    fill({reinterpret_cast<std::uint8_t*>(out.data()), n});
    return out;
  }
};

// Repeatable bytes for tests (splitmix64); never for keys.
class FixedRandom final : public RandomSource {
 public:
  explicit FixedRandom(std::uint64_t seed = 1) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) {
      std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      byte = static_cast<std::uint8_t>(z ^ (z >> 31));
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace quivive
