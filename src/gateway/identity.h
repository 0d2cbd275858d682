#pragma once
// Identity: how the upstream learns who is calling. Header lines, and by setting a short-lived JWT that the gateway signs.

#include "auth/principal.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "config/config.h"
#include "jose/jwt_signer.h"

#include <memory_resource>
#include <string>

namespace quivive::gateway {

// The header lines about `principal`, each with its CRLF; names that are "" are left out, and so are empty values.
// A claim may hold anything: octets outside of visible ASCII and space, and '%', are percent-encoded, so that no value
// can end its line. Words of a list are separated by spaces, and a space within a word is percent-encoded.
void append_identity_lines(std::pmr::string& out, const config::IdentityHeaders& names, const auth::Principal& principal);
[[nodiscard]] std::string identity_lines(const config::IdentityHeaders& names, const auth::Principal& principal);

// Signs assertions with a key made at the start; its public half is served at /.quivive/jwks.json.
class IdentityAssertion {
 public:
  // `issuer` names this gateway (its realm).
  [[nodiscard]] static Result<IdentityAssertion> make(std::string issuer);

  // A JWT: iss, sub, iat, exp, scheme, and of a token or key also client_issuer, scope, roles, key_id. `audience` is the
  // upstream's origin.
  [[nodiscard]] Result<std::string> sign(const auth::Principal& principal, std::string_view audience, Instant now, Duration lifetime) const;
  [[nodiscard]] const std::string& jwks() const { return jwks_; }

 private:
  IdentityAssertion(std::string issuer, jose::JwtSigner signer, std::string jwks)
      : issuer_(std::move(issuer)), signer_(std::move(signer)), jwks_(std::move(jwks)) {}
  std::string issuer_;
  jose::JwtSigner signer_;
  std::string jwks_;
};

}  // namespace quivive::gateway
