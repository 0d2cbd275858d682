#pragma once
// The checks of one token's claims against a policy, apart from the signature. For jose/*.cc only.

#include "base/clock.h"
#include "jose/jwt_failure.h"
#include "jose/jwt_policy.h"
#include "jose/raw_jwt.h"

#include <optional>
#include <string_view>
#include <vector>

namespace quivive::jose {

struct ClaimTimes {
  std::optional<Instant> expires, not_before, issued_at;
};

// Every failure, in the order of the checks. `times` is what could be read.
void check_claims(const RawJwt& raw, const JwtPolicy& policy, Instant now, ClaimTimes& times,
                  std::vector<JwtFailure>& failures);

// Whether `typ` says that the token is an ID token.
[[nodiscard]] bool is_id_token_type(std::string_view typ);

}  // namespace quivive::jose
