#pragma once
// PrivateKey: a key that signs. The demo's issuer and the gateway's identity assertions use it.

#include "base/secret.h"
#include "crypto/public_key.h"
#include "crypto/signature.h"

#include <memory>
#include <string>
#include <string_view>

namespace quivive::crypto {

// A cheap handle: copies share one immutable key. Safe to use from several threads at once.
class PrivateKey {
 public:
  // A new key of OpenSSL's random generator; RSA with 2048 bits.
  [[nodiscard]] static Result<PrivateKey> generate(KeyKind kind);
  // "PRIVATE KEY" (PKCS#8), "RSA PRIVATE KEY" or "EC PRIVATE KEY", not encrypted. The public half is held to the same
  // rules as PublicKey::from_params.
  [[nodiscard]] static Result<PrivateKey> from_pem(std::string_view pem);
  [[nodiscard]] Secret to_pem() const;  // PKCS#8

  [[nodiscard]] KeyKind kind() const { return public_key_.kind(); }
  [[nodiscard]] const PublicKey& public_key() const { return public_key_; }

  // The signature as JWS writes it: r||s for ECDSA (RFC 7518 section 3.4). An Error if `algorithm` does not fit.
  [[nodiscard]] Result<std::string> sign(SignatureAlgorithm algorithm, std::string_view message) const;

 private:
  [[nodiscard]] static Result<PrivateKey> from_handle(std::shared_ptr<KeyHandle> handle);
  PrivateKey(std::shared_ptr<const KeyHandle> handle, PublicKey key)
      : handle_(std::move(handle)), public_key_(std::move(key)) {}
  std::shared_ptr<const KeyHandle> handle_;  // never null
  PublicKey public_key_;
};

}  // namespace quivive::crypto
