#include "digest/algorithm.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace quivive::digest {
namespace {

constexpr std::array kAlgorithms{
#define QUIVIVE_DIGEST_ALGORITHM(name, text, hash, session) \
  DigestAlgorithmInfo{DigestAlgorithm::name, text, crypto::HashKind::hash, session},
#include "digest/algorithms.def"
#undef QUIVIVE_DIGEST_ALGORITHM
};

}  // namespace

std::span<const DigestAlgorithmInfo> all_algorithms() { return kAlgorithms; }

const DigestAlgorithmInfo& info(DigestAlgorithm algorithm) { return kAlgorithms[static_cast<std::size_t>(algorithm)]; }

std::string_view name_of(crypto::HashKind hash) {
  const auto row = std::ranges::find_if(kAlgorithms, [&](const DigestAlgorithmInfo& one) { return one.hash == hash && !one.session; });
  return row == kAlgorithms.end() ? "?" : row->name;
}

std::optional<DigestAlgorithm> parse_algorithm(std::string_view name) {
  for (const DigestAlgorithmInfo& row : kAlgorithms) {
    if (iequals(row.name, name)) return row.algorithm;
  }
  return std::nullopt;
}

}  // namespace quivive::digest
