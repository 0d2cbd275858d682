#pragma once
// JwsAlgorithm: the signature algorithms that are understood, one row each in jose/algorithms.def.

#include "crypto/signature.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quivive::jose {

enum class JwsAlgorithm : std::uint8_t {
#define QUIVIVE_JWS_ALGORITHM(name, ...) name,
#include "jose/algorithms.def"
#undef QUIVIVE_JWS_ALGORITHM
};

enum class AlgorithmFamily : std::uint8_t { Hmac, RsaPkcs1, RsaPss, Ecdsa, EdDsa };

struct JwsAlgorithmInfo {
  JwsAlgorithm algorithm;
  std::string_view name;  // as `alg` spells it
  AlgorithmFamily family;
  crypto::HashKind hash;
};

// Every row, in the order of the enumerators.
[[nodiscard]] std::span<const JwsAlgorithmInfo> all_algorithms();
[[nodiscard]] const JwsAlgorithmInfo& info(JwsAlgorithm algorithm);
[[nodiscard]] inline std::string_view name_of(JwsAlgorithm algorithm) { return info(algorithm).name; }

// Case-sensitive, as `alg` is (RFC 7515 section 4.1.1).
[[nodiscard]] std::optional<JwsAlgorithm> parse_algorithm(std::string_view name);

// HS256, HS384, HS512: whoever can verify can also sign.
[[nodiscard]] inline bool is_symmetric(JwsAlgorithm algorithm) {
  return info(algorithm).family == AlgorithmFamily::Hmac;
}
// What crypto calls it. Requires !is_symmetric(algorithm).
[[nodiscard]] crypto::SignatureAlgorithm signature_algorithm(JwsAlgorithm algorithm);
// Whether a public key of that kind can carry it; false for a symmetric algorithm, always.
[[nodiscard]] bool fits(JwsAlgorithm algorithm, crypto::KeyKind kind);

}  // namespace quivive::jose
