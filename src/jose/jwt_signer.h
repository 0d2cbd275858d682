#pragma once
// JwtSigner: claims to a compact JWS. For the demo's issuer, `token mint`, identity assertions and tests.

#include "base/json.h"
#include "base/result.h"
#include "crypto/private_key.h"
#include "jose/algorithm.h"

#include <string>
#include <variant>

namespace quivive::jose {

// Safe to use from several threads at once.
class JwtSigner {
 public:
  // An Error if the algorithm does not fit the key. `kid` and `typ` are left out of the header where empty.
  [[nodiscard]] static Result<JwtSigner> make(crypto::PrivateKey key, JwsAlgorithm algorithm, std::string_view kid,
                                              std::string_view typ = "JWT");
  [[nodiscard]] static Result<JwtSigner> make(crypto::MacKey key, JwsAlgorithm algorithm, std::string_view kid,
                                              std::string_view typ = "JWT");

  // The signed token. The claims are taken as they are: the caller sets iss, exp and so on.
  [[nodiscard]] Result<std::string> sign(const JsonObject& claims) const;

 private:
  using Key = std::variant<crypto::PrivateKey, crypto::MacKey>;
  JwtSigner(Key key, JwsAlgorithm algorithm, std::string_view kid, std::string_view typ);
  Key key_;
  JwsAlgorithm algorithm_;
  std::string encoded_header_;  // base64url, with the dot after it
};

// The algorithm that a key of that kind signs with unless told otherwise: RS256, ES256, ES384, ES512 or EdDSA.
[[nodiscard]] JwsAlgorithm default_algorithm(crypto::KeyKind kind);

}  // namespace quivive::jose
