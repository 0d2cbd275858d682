#pragma once
// Nonces that authenticate themselves: instant and number, with a MAC under a key that changes with the time. To issue one needs no
// storage, and a challenge costs no write; only a count that was used with a right response has to be remembered (nonce_counts.h).

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/digest.h"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace quivive::digest {

// Unique: the mint's number, and a count of its own.
using NonceId = std::array<std::uint8_t, 10>;

struct Nonce {
  NonceId id{};
  Instant issued{};
};

inline constexpr std::size_t kNonceSize = 43;  // characters: base64url of 32 octets

// How long a key makes nonces: a nonce can be told from a forged one for as long after that.
inline constexpr Duration kNonceKeyPeriod = std::chrono::hours(2);
inline constexpr Duration kMaxNonceLifetime = kNonceKeyPeriod;

// Makes and recognises nonces. Not thread-safe: one for each worker. Mints with the same `master` recognise each other's.
class NonceMint {
 public:
  // `number` is the mint's own, random: no two mints under one master may make the same nonce.
  NonceMint(Secret master, std::uint32_t number) : master_(std::move(master)), number_(number) {}

  // From now on another master: what was made before is not recognised.
  void renew(Secret master) {
    master_ = std::move(master);
    keys_ = {};
  }
  // A new one, for a challenge of `realm`. Valid until the next call.
  [[nodiscard]] std::string_view make(Instant now, std::string_view realm);
  // What it says, if a mint under this master made it for that realm, in the current or the previous period of the key.
  [[nodiscard]] std::optional<Nonce> read(std::string_view text, std::string_view realm, Instant now);

 private:
  [[nodiscard]] crypto::HmacSha256& key(std::int64_t period);

  struct Key {
    std::int64_t period = -1;
    std::optional<crypto::HmacSha256> hmac;
  };
  Secret master_;
  std::uint32_t number_;
  std::uint64_t made_ = 0;
  std::array<Key, 2> keys_;  // by period, even and odd
  std::array<char, kNonceSize> text_{};
};

}  // namespace quivive::digest
