#pragma once
// DigestAlgorithm: the `algorithm` of a Digest challenge, one row each in digest/algorithms.def.

#include "crypto/digest.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quivive::digest {

enum class DigestAlgorithm : std::uint8_t {
#define QUIVIVE_DIGEST_ALGORITHM(name, ...) name,
#include "digest/algorithms.def"
#undef QUIVIVE_DIGEST_ALGORITHM
};

struct DigestAlgorithmInfo {
  DigestAlgorithm algorithm;
  std::string_view name;
  crypto::HashKind hash;
  bool session;  // `-sess`
};

// Every row, strongest first.
[[nodiscard]] std::span<const DigestAlgorithmInfo> all_algorithms();
[[nodiscard]] const DigestAlgorithmInfo& info(DigestAlgorithm algorithm);
[[nodiscard]] inline std::string_view name_of(DigestAlgorithm algorithm) { return info(algorithm).name; }

// "SHA-256", as a challenge names the hash; "?" for one that is not Digest's.
[[nodiscard]] std::string_view name_of(crypto::HashKind hash);

// In any case: clients write "md5" too.
[[nodiscard]] std::optional<DigestAlgorithm> parse_algorithm(std::string_view name);

}  // namespace quivive::digest
