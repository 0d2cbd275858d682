#pragma once
// Verification in two steps, so that the caller can fetch keys in between: select_key says which key a token needs,
// verify checks signature and claims.

#include "base/clock.h"
#include "base/result.h"
#include "crypto/signature.h"
#include "jose/jwk_set.h"
#include "jose/jwt_policy.h"
#include "jose/raw_jwt.h"
#include "jose/verified_jwt.h"

#include <string_view>

namespace quivive::jose {

// The key of `keys` that has to have signed `raw`; never null, belongs to `keys`. Failures:
//   TokenAlgorithmNotAllowed  alg is not understood, not on the policy's list, or no fit for the key of that kid
//   TokenUnknownKey           no key with that kid, or none or several that fit a token without one
// Only TokenUnknownKey is worth a refetch of the keys.
[[nodiscard]] Result<const Jwk*, JwtFailure> select_key(const RawJwt& raw, const JwtPolicy& policy, const KeySet& keys);

// Whether that key signed these octets. False also for a key that may not be used with the algorithm.
[[nodiscard]] bool signature_holds(JwsAlgorithm algorithm, const Jwk& key, std::string_view signing_input, std::string_view signature,
                                   crypto::SignatureVerifier& verifier);

// Checks the signature first, then every claim, since a claim is worth nothing before that (RFC 8725 section 3.8).
// `key` comes from select_key for the same `raw` and `policy`; a key that does not fit is refused here again. Failures:
//   TokenAlgorithmNotAllowed, TokenBadSignature   alone
//   TokenIsIdToken, TokenMissingClaim, TokenBadClaim, TokenWrongIssuer, TokenWrongAudience, TokenIssuedInFuture,
//   TokenNotYetValid, TokenExpired                all that apply, the most informative first
// Instants: refused as expired from exp + leeway on (RFC 7519 section 4.1.4), as not yet valid before nbf - leeway.
[[nodiscard]] Result<VerifiedJwt, JwtRejection> verify(const RawJwt& raw, const Jwk& key, const JwtPolicy& policy,
                                                       Instant now, crypto::SignatureVerifier& verifier);

}  // namespace quivive::jose
