#pragma once
// Verification of signatures and MACs, in the encodings of JWS (RFC 7518 section 3, RFC 8037).

#include "base/secret.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace quivive::crypto {

enum class SignatureScheme : std::uint8_t { RsaPkcs1, RsaPss, Ecdsa, EdDsa };

struct SignatureAlgorithm {
  SignatureScheme scheme = SignatureScheme::RsaPkcs1;
  HashKind hash = HashKind::Sha256;  // ignored for EdDsa
  bool operator==(const SignatureAlgorithm&) const = default;
};

// Whether a key of that kind can make such a signature. Ecdsa pairs each curve with one hash (RFC 7518 section 3.4):
// P-256 with SHA-256, P-384 with SHA-384, P-521 with SHA-512. The RSA schemes take SHA-256, SHA-384 and SHA-512.
[[nodiscard]] bool fits(SignatureAlgorithm algorithm, KeyKind kind);

// A shared secret for HMAC. Copies share one immutable key; safe to use from several threads at once.
class MacKey {
 public:
  // Needs 32 octets at least: the shortest that any HS algorithm takes (RFC 7518 section 3.2).
  [[nodiscard]] static Result<MacKey> make(Secret secret);
  [[nodiscard]] std::size_t size() const { return secret_->size(); }  // octets
  [[nodiscard]] const Secret& secret() const { return *secret_; }

 private:
  friend class SignatureVerifier;
  explicit MacKey(std::shared_ptr<const Secret> secret) : secret_(std::move(secret)) {}
  std::shared_ptr<const Secret> secret_;
};

// Verifies, keeping OpenSSL's contexts of the keys it saw last, so that a verification costs the arithmetic and little
// else. Not thread-safe: one for each worker. Holds at most kMaxContexts keys alive beyond their sets.
class SignatureVerifier {
 public:
  static constexpr std::size_t kMaxContexts = 64;

  SignatureVerifier();
  SignatureVerifier(SignatureVerifier&&) noexcept;
  SignatureVerifier& operator=(SignatureVerifier&&) noexcept;
  ~SignatureVerifier();

  // False for anything but a good signature: also where algorithm and key do not fit, or OpenSSL fails.
  // ECDSA signatures are r||s of exactly twice the curve's coordinate size; DER is refused. PSS: the salt is as long as
  // the hash, MGF1 with the same hash (RFC 7518 section 3.5).
  [[nodiscard]] bool verify(SignatureAlgorithm algorithm, const PublicKey& key, std::string_view message,
                            std::string_view signature);
  // HMAC with SHA-256, SHA-384 or SHA-512. False also if the key is shorter than the hash output (RFC 7518 section 3.2)
  // or the MAC is not of full length.
  [[nodiscard]] bool verify_mac(HashKind hash, const MacKey& key, std::string_view message, std::string_view mac);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quivive::crypto
