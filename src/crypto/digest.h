#pragma once
// Hash functions and HMAC. digest() and hmac() are for the cold path: making an OpenSSL context costs more than hashing a token. sha256() makes none,
// and Digest and HmacSha256 are kept. Fetched algorithms are looked up once per process.

#include "base/secret.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quivive::crypto {

// Md5 and Sha1 are here for Digest authentication and old htpasswd files only.
enum class HashKind : std::uint8_t { Md5, Sha1, Sha256, Sha384, Sha512, Sha512_256 };

inline constexpr std::size_t kMaxDigestSize = 64;

// Octets of a digest.
[[nodiscard]] constexpr std::size_t digest_size(HashKind kind) {
  switch (kind) {
    case HashKind::Md5: return 16;
    case HashKind::Sha1: return 20;
    case HashKind::Sha256: return 32;
    case HashKind::Sha384: return 48;
    case HashKind::Sha512: return 64;
    case HashKind::Sha512_256: return 32;
  }
  return 0;
}

// A digest by value. data() is valid while this object lives.
template <std::size_t Size>
struct FixedDigest : std::array<std::uint8_t, Size> {
  [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(this->data()), Size}; }
};
using Sha256Digest = FixedDigest<32>;

// Whether OpenSSL offers it: a FIPS-only installation has no MD5. The SHA-2 family is always there.
[[nodiscard]] bool hash_available(HashKind kind);

// The digest's octets. Requires hash_available(kind). Thread-safe.
[[nodiscard]] std::string digest(HashKind kind, std::string_view message);
[[nodiscard]] Sha256Digest sha256(std::string_view message);
// HMAC (RFC 2104). Thread-safe.
[[nodiscard]] std::string hmac(HashKind kind, std::string_view key, std::string_view message);

// A hash over pieces, reusable. Not thread-safe: one for each thread. Requires hash_available(kind).
class Digest {
 public:
  explicit Digest(HashKind kind);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();

  // From here on as if the pieces of `other`, which is of the same kind, had been this one's.
  void go_on_from(const Digest& other);
  Digest& update(std::string_view piece);
  // Writes digest_size(kind) octets to `out` and starts over.
  void finish(std::uint8_t* out);
  [[nodiscard]] std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// HMAC-SHA-256 under one key, set once. Not thread-safe: one for each worker.
class HmacSha256 {
 public:
  explicit HmacSha256(const Secret& key);
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  ~HmacSha256();

  [[nodiscard]] Sha256Digest operator()(std::string_view message) { return (*this)(message, {}); }
  // Of the concatenation. The caller separates the pieces unambiguously.
  [[nodiscard]] Sha256Digest operator()(std::string_view first, std::string_view second);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quivive::crypto
