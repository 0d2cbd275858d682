#pragma once
// Jwk: one key that verifies signatures, from a JSON Web Key (RFC 7517) or from a key of our own.

#include "base/json.h"
#include "base/result.h"
#include "crypto/public_key.h"
#include "crypto/signature.h"
#include "jose/algorithm.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace quivive::jose {

// Why a JWK is not used. Skipped: it is not for verifying signatures with what is understood here (another kty, curve, use
// or alg), which RFC 7517 section 5 says to ignore. Refused: it claims to be, and is wrong, weak or dangerous.
struct JwkProblem {
  enum class Kind : std::uint8_t { Skipped, Refused };
  Kind kind;
  std::string message;  // for the operator; holds no key material
};
[[noreturn]] void throw_exception_from_error(const JwkProblem& problem, const boost::source_location&);

// Immutable; copies share the key.
class Jwk {
 public:
  // kty RSA, EC, OKP or oct. x5c, x5u and x5t are ignored. Refused: private members of an asymmetric key (a published
  // private key verifies nothing), and all that PublicKey and MacKey refuse.
  [[nodiscard]] static Result<Jwk, JwkProblem> from_json(const JsonObject& object);
  // A key that came as PEM. Without `kid` it may verify tokens with any kid; without `algorithm`, any that fits its kind.
  [[nodiscard]] static Jwk from_public_key(crypto::PublicKey key, std::string kid = {},
                                           std::optional<JwsAlgorithm> algorithm = {});
  [[nodiscard]] static Jwk from_secret(crypto::MacKey key, std::string kid = {},
                                       std::optional<JwsAlgorithm> algorithm = {});

  [[nodiscard]] const std::string& kid() const { return kid_; }  // "" if it has none
  [[nodiscard]] std::optional<JwsAlgorithm> algorithm() const { return algorithm_; }
  // The half that is there; the other is nullptr. Valid while this Jwk lives.
  [[nodiscard]] const crypto::PublicKey* public_key() const { return std::get_if<crypto::PublicKey>(&key_); }
  [[nodiscard]] const crypto::MacKey* secret() const { return std::get_if<crypto::MacKey>(&key_); }
  [[nodiscard]] bool is_symmetric() const { return secret() != nullptr; }
  [[nodiscard]] std::string description() const;  // "RSA 2048", "P-256", "oct 256"

  // Whether it may verify a token with that `alg`: its kind fits, its own `alg`, if any, is the same, and a secret is as
  // long as the hash output. The one place that pairs algorithms with keys: an RSA key never meets HMAC.
  [[nodiscard]] bool fits(JwsAlgorithm algorithm) const;

  // SHA-256 thumbprint (RFC 7638, RFC 8037 section 2), base64url. "" for a secret: the hash of a weak one could be searched.
  [[nodiscard]] const std::string& thumbprint() const { return thumbprint_; }
  // The public JWK with kid, alg and use. Requires !is_symmetric().
  [[nodiscard]] JsonObject to_json() const;

 private:
  using Key = std::variant<crypto::PublicKey, crypto::MacKey>;
  Jwk(Key key, std::string kid, std::optional<JwsAlgorithm> algorithm);
  Key key_;
  std::string kid_;
  std::optional<JwsAlgorithm> algorithm_;
  std::string thumbprint_;
};

// The required members of a public key as RFC 7638 section 3.2 orders them: crv, e, kty, n, x, y.
[[nodiscard]] JsonObject public_members(const crypto::PublicKey& key);

}  // namespace quivive::jose
