#include "jose/verify_jwt.h"

#include "base/text.h"
#include "jose/claim_checks.h"

#include <algorithm>

namespace quivive::jose {
namespace {

template <class... Args>
JwtFailure failure(Reason reason, fmt::format_string<Args...> format, Args&&... args) {
  return {reason, fmt::format(format, std::forward<Args>(args)...)};
}

std::string allowed(const JwtPolicy& policy) {
  std::string out;
  for (const JwsAlgorithm algorithm : policy.algorithms()) {
    out += (out.empty() ? "" : ", ") + std::string(name_of(algorithm));
  }
  return out;
}

}  // namespace

bool signature_holds(JwsAlgorithm algorithm, const Jwk& key, std::string_view signing_input, std::string_view signature,
                     crypto::SignatureVerifier& verifier) {
  if (!key.fits(algorithm)) return false;
  if (const crypto::MacKey* secret = key.secret()) return verifier.verify_mac(info(algorithm).hash, *secret, signing_input, signature);
  return verifier.verify(signature_algorithm(algorithm), *key.public_key(), signing_input, signature);
}

Result<const Jwk*, JwtFailure> select_key(const RawJwt& raw, const JwtPolicy& policy, const KeySet& keys) {
  const auto algorithm = raw.algorithm();
  if (!algorithm || !policy.allows(*algorithm)) {
    return failure(Reason::TokenAlgorithmNotAllowed, "alg {}, expected {}", printable(raw.algorithm_name(), 64),
                   allowed(policy));
  }
  const KeySet::Lookup lookup = keys.find(raw.kid(), *algorithm);
  const std::string_view name = name_of(*algorithm);
  switch (lookup.found) {
    case KeySet::Found::Key: return lookup.key;
    case KeySet::Found::Misfit:
      return failure(Reason::TokenAlgorithmNotAllowed, "alg {} does not fit the key with kid {}", name,
                     printable(raw.kid(), 64));
    case KeySet::Found::Ambiguous:
      return raw.kid().empty()
                 ? failure(Reason::TokenUnknownKey, "no kid, and several keys fit {}", name)
                 : failure(Reason::TokenUnknownKey, "several keys with kid {} fit {}", printable(raw.kid(), 64), name);
    case KeySet::Found::Unknown: break;
  }
  return raw.kid().empty()
             ? failure(Reason::TokenUnknownKey, "no kid, and none of {} keys fits {}", keys.keys().size(), name)
             : failure(Reason::TokenUnknownKey, "none of {} keys has kid {}", keys.keys().size(),
                       printable(raw.kid(), 64));
}

Result<VerifiedJwt, JwtRejection> verify(const RawJwt& raw, const Jwk& key, const JwtPolicy& policy, Instant now,
                                         crypto::SignatureVerifier& verifier) {
  const auto algorithm = raw.algorithm();
  // select_key has checked this; a key from anywhere else must not get past.
  if (!algorithm || !policy.allows(*algorithm) || !key.fits(*algorithm)) {
    return JwtRejection{{failure(Reason::TokenAlgorithmNotAllowed, "alg {} with a key of {}, expected {}",
                                 printable(raw.algorithm_name(), 64), key.description(), allowed(policy))}};
  }
  if (!signature_holds(*algorithm, key, raw.signing_input(), raw.signature(), verifier)) {
    return JwtRejection{{failure(Reason::TokenBadSignature, "{} under key {} ({})", name_of(*algorithm),
                                 key.kid().empty() ? "without kid" : printable(key.kid(), 64), key.description())}};
  }
  VerifiedJwt verified(raw);
  ClaimTimes times;
  JwtRejection rejection;
  check_claims(raw, policy, now, times, rejection.failures);
  if (!rejection.failures.empty()) {
    std::stable_sort(rejection.failures.begin(), rejection.failures.end(),
                     [](const JwtFailure& a, const JwtFailure& b) {
                       return quivive::info(a.reason).rank > quivive::info(b.reason).rank;
                     });
    return rejection;
  }
  verified.expires_ = times.expires;
  verified.not_before_ = times.not_before;
  verified.issued_at_ = times.issued_at;
  return verified;
}

}  // namespace quivive::jose
