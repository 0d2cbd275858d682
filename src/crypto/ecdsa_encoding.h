#pragma once
// ECDSA signatures as JWS writes them, r||s (RFC 7518 section 3.4), and as OpenSSL reads them, DER (RFC 3279).
// For the .cc files of crypto/ only.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quivive::crypto {

// Two INTEGERs of at most 66 octets (P-521), each with sign octet, tag and length, in a SEQUENCE with a long-form length.
inline constexpr std::size_t kMaxDerSignature = 3 + 2 * (2 + 1 + 66);

struct DerSignature {
  std::array<std::uint8_t, kMaxDerSignature> octets;
  std::size_t size = 0;  // 0: the input was not r||s
};

// Requires coordinate <= 66. The input must have exactly 2 * coordinate octets; anything longer never reaches the buffer.
[[nodiscard]] DerSignature der_from_raw(std::string_view raw, std::size_t coordinate);

}  // namespace quivive::crypto
