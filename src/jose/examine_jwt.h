#pragma once
// Examining a token: everything that is wrong with it at once, for people. verify_jwt.h decides admission; this does not.

#include "base/clock.h"
#include "base/result.h"
#include "jose/algorithm.h"
#include "jose/jwk_set.h"
#include "jose/jwt_failure.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::jose {

// What is expected; what is not set is not looked at.
struct Examination {
  std::vector<JwsAlgorithm> algorithms;  // empty: any but none
  std::optional<std::string> issuer;
  std::vector<std::string> audiences;
  Duration leeway = std::chrono::seconds{60};
  // Only header and signature: the payload may be anything (RFC 7515), and claims are not looked at.
  bool signature_only = false;
};

// All failures, the most informative first (ReasonInfo::rank); empty for a token that is good. A wrong signature does not hide
// wrong claims. exp may be missing; an ID token is a token. Error where the expectations are unusable (leeway out of range).
[[nodiscard]] Result<std::vector<JwtFailure>> examine(std::string_view compact, const KeySet& keys, const Examination& expected, Instant now);

}  // namespace quivive::jose
