#pragma once
// PublicKey: a key that verifies signatures. Made only from parameters that were checked, so that whoever holds one
// need not ask whether the modulus is long enough or the point lies on the curve.

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace quivive::crypto {

enum class KeyKind : std::uint8_t { Rsa, EcP256, EcP384, EcP521, Ed25519, Ed448 };

[[nodiscard]] std::string_view key_kind_name(KeyKind kind);  // "RSA", "P-256", … "Ed448"
[[nodiscard]] constexpr bool is_ec(KeyKind kind) {
  return kind == KeyKind::EcP256 || kind == KeyKind::EcP384 || kind == KeyKind::EcP521;
}
// Octets of one coordinate (EC) or of the public key (Ed25519, Ed448); 0 for RSA.
[[nodiscard]] constexpr std::size_t coordinate_size(KeyKind kind) {
  switch (kind) {
    case KeyKind::Rsa: return 0;
    case KeyKind::EcP256: return 32;
    case KeyKind::EcP384: return 48;
    case KeyKind::EcP521: return 66;
    case KeyKind::Ed25519: return 32;
    case KeyKind::Ed448: return 57;
  }
  return 0;
}

// The numbers of a public key as big-endian octets: what a JWK carries (RFC 7518 section 6, RFC 8037 section 2), before
// base64url. Also the input of the key's thumbprint (RFC 7638).
struct PublicKeyParams {
  KeyKind kind = KeyKind::Rsa;
  std::string n, e;  // RSA, without leading zero octets
  std::string x, y;  // EC: full-length coordinates; Ed25519 and Ed448: x only
};

inline constexpr unsigned kMinRsaBits = 2048;  // RFC 7518 section 3.3
inline constexpr unsigned kMaxRsaBits = 8192;  // verification grows with the square of it
inline constexpr unsigned kMaxRsaExponentBits = 32;

struct KeyHandle;  // OpenSSL's key; crypto/openssl_handles.h

// A cheap handle: copies share one immutable key. Safe to use from several threads at once.
class PublicKey {
 public:
  // Refused: RSA outside kMinRsaBits…kMaxRsaBits, an even modulus, an exponent that is even, 1, or longer than
  // kMaxRsaExponentBits; EC coordinates of another length, or a point that is not on the curve; OKP of another length.
  // One leading zero octet of n is accepted and dropped, since some issuers write it (RFC 7518 section 6.3.1.1).
  [[nodiscard]] static Result<PublicKey> from_params(const PublicKeyParams& params);
  // "PUBLIC KEY" (SubjectPublicKeyInfo) or "CERTIFICATE", the first such block. Of a certificate only the key is
  // taken: neither dates nor chain are checked. A private key is refused.
  [[nodiscard]] static Result<PublicKey> from_pem(std::string_view pem);
  // SubjectPublicKeyInfo or certificate in DER, nothing after it.
  [[nodiscard]] static Result<PublicKey> from_der(std::string_view der);

  [[nodiscard]] KeyKind kind() const;
  [[nodiscard]] unsigned bits() const;  // of the modulus or of the curve
  [[nodiscard]] const PublicKeyParams& params() const;
  [[nodiscard]] std::string to_pem() const;  // SubjectPublicKeyInfo

  // For the files of crypto/ only.
  [[nodiscard]] const std::shared_ptr<const KeyHandle>& shared_handle() const { return handle_; }
  explicit PublicKey(std::shared_ptr<const KeyHandle> handle) : handle_(std::move(handle)) {}

 private:
  std::shared_ptr<const KeyHandle> handle_;  // never null
};

}  // namespace quivive::crypto
