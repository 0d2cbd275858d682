#pragma once
// What the jose tests share: an issuer with one key of each kind, and a policy that its tokens satisfy.

#include "base/base64.h"
#include "crypto/private_key.h"
#include "jose/jwk_set.h"
#include "jose/jwt_policy.h"
#include "jose/jwt_signer.h"
#include "jose/verify_jwt.h"

#include <string>
#include <vector>

namespace quivive::jose::test {

inline constexpr std::int64_t kNow = 1700000000;
inline constexpr std::string_view kIssuer = "https://id.example.com";
inline constexpr std::string_view kAudience = "https://api.example.com";

inline JwtPolicy::Builder policy_builder(std::vector<JwsAlgorithm> algorithms) {
  JwtPolicy::Builder builder{std::string(kIssuer)};
  builder.accept_audience(std::string(kAudience));
  for (const JwsAlgorithm algorithm : algorithms) builder.allow_algorithm(algorithm);
  return builder;
}

inline const crypto::PrivateKey& es256_key() {
  static const crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
  return key;
}
inline KeySet es256_keys() { return KeySet::of({Jwk::from_public_key(es256_key().public_key(), "k1")}).value(); }

inline JsonObject claims() {
  return {{"iss", kIssuer}, {"sub", "alice"},     {"aud", kAudience},
          {"iat", kNow},    {"exp", kNow + 3600}, {"scope", "read"}};
}
inline JsonObject object(std::string_view text) { return parse_json(text).value().as_object(); }

// base64url(header).base64url(payload).base64url(signature), whatever they are.
inline std::string compact(std::string_view header, std::string_view payload, std::string_view signature) {
  return base64url_encode(header) + "." + base64url_encode(payload) + "." + base64url_encode(signature);
}
// As compact(), signed by the ES256 key whatever the header says.
inline std::string signed_with_es256(std::string_view header, std::string_view payload) {
  const std::string input = base64url_encode(header) + "." + base64url_encode(payload);
  return input + "." +
         base64url_encode(es256_key().sign({crypto::SignatureScheme::Ecdsa, crypto::HashKind::Sha256}, input).value());
}

// The whole way of a token: parse, select, verify. One failure, or all that verify() found.
inline Result<VerifiedJwt, JwtRejection> judge(std::string_view token, const JwtPolicy& policy, const KeySet& keys,
                                               Instant now = from_unix_seconds(kNow)) {
  const auto raw = RawJwt::parse(token);
  if (!raw) return JwtRejection{{raw.error()}};
  const auto key = select_key(*raw, policy, keys);
  if (!key) return JwtRejection{{key.error()}};
  crypto::SignatureVerifier verifier;
  return verify(*raw, **key, policy, now, verifier);
}

inline std::string codes(const Result<VerifiedJwt, JwtRejection>& result) {
  if (result) return "allowed";
  std::string out;
  for (const JwtFailure& failure : result.error().failures) {
    out += (out.empty() ? "" : " ") + std::string(code_of(failure.reason));
  }
  return out;
}

}  // namespace quivive::jose::test
