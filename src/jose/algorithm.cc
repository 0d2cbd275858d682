#include "jose/algorithm.h"

#include <array>

namespace quivive::jose {
namespace {

constexpr std::array kRows = {
#define QUIVIVE_JWS_ALGORITHM(name, family, hash) \
  JwsAlgorithmInfo{JwsAlgorithm::name, #name, AlgorithmFamily::family, crypto::HashKind::hash},
#include "jose/algorithms.def"
#undef QUIVIVE_JWS_ALGORITHM
};

}  // namespace

std::span<const JwsAlgorithmInfo> all_algorithms() { return kRows; }

const JwsAlgorithmInfo& info(JwsAlgorithm algorithm) { return kRows[static_cast<std::size_t>(algorithm)]; }

std::optional<JwsAlgorithm> parse_algorithm(std::string_view name) {
  for (const JwsAlgorithmInfo& row : kRows) {
    if (row.name == name) return row.algorithm;
  }
  return std::nullopt;
}

crypto::SignatureAlgorithm signature_algorithm(JwsAlgorithm algorithm) {
  const JwsAlgorithmInfo& row = info(algorithm);
  switch (row.family) {
    case AlgorithmFamily::RsaPss: return {crypto::SignatureScheme::RsaPss, row.hash};
    case AlgorithmFamily::Ecdsa: return {crypto::SignatureScheme::Ecdsa, row.hash};
    case AlgorithmFamily::EdDsa: return {crypto::SignatureScheme::EdDsa, row.hash};
    case AlgorithmFamily::Hmac:
    case AlgorithmFamily::RsaPkcs1: break;
  }
  return {crypto::SignatureScheme::RsaPkcs1, row.hash};
}

bool fits(JwsAlgorithm algorithm, crypto::KeyKind kind) {
  if (is_symmetric(algorithm)) return false;
  // RFC 9864: these two name their curve; EdDSA takes either.
  if (algorithm == JwsAlgorithm::Ed25519) return kind == crypto::KeyKind::Ed25519;
  if (algorithm == JwsAlgorithm::Ed448) return kind == crypto::KeyKind::Ed448;
  return crypto::fits(signature_algorithm(algorithm), kind);
}

}  // namespace quivive::jose
