#include "crypto/signature.h"

#include "crypto/constant_time.h"
#include "crypto/ecdsa_encoding.h"
#include "crypto/openssl_handles.h"

#include <openssl/rsa.h>

#include <optional>
#include <vector>

namespace quivive::crypto {
namespace {

bool is_signature_hash(HashKind hash) {
  return hash == HashKind::Sha256 || hash == HashKind::Sha384 || hash == HashKind::Sha512;
}

// A context that holds everything but the message; nullptr if OpenSSL refuses.
PkeyContextPtr make_context(SignatureAlgorithm algorithm, EVP_PKEY* pkey) {
  PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr));
  EVP_PKEY_CTX* const c = context.get();
  const EVP_MD* const md = fetched_md(algorithm.hash);
  if (c == nullptr || EVP_PKEY_verify_init(c) != 1 || EVP_PKEY_CTX_set_signature_md(c, md) != 1) return nullptr;
  bool ok = true;
  if (algorithm.scheme == SignatureScheme::RsaPkcs1) {
    ok = EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1;
  } else if (algorithm.scheme == SignatureScheme::RsaPss) {
    ok = EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(c, md) == 1;
  }
  return ok ? std::move(context) : nullptr;
}

MdContextPtr make_eddsa_context(EVP_PKEY* pkey) {
  MdContextPtr context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, pkey, nullptr) != 1) {
    return nullptr;
  }
  return context;
}

}  // namespace

bool fits(SignatureAlgorithm algorithm, KeyKind kind) {
  switch (algorithm.scheme) {
    case SignatureScheme::RsaPkcs1:
    case SignatureScheme::RsaPss: return kind == KeyKind::Rsa && is_signature_hash(algorithm.hash);
    case SignatureScheme::Ecdsa:
      return (kind == KeyKind::EcP256 && algorithm.hash == HashKind::Sha256) ||
             (kind == KeyKind::EcP384 && algorithm.hash == HashKind::Sha384) ||
             (kind == KeyKind::EcP521 && algorithm.hash == HashKind::Sha512);
    case SignatureScheme::EdDsa: return kind == KeyKind::Ed25519 || kind == KeyKind::Ed448;
  }
  return false;
}

Result<MacKey> MacKey::make(Secret secret) {
  constexpr std::size_t kMin = 32;
  // A shorter one can be found by trying (RFC 8725 section 3.5), and an empty one verifies for anybody (CVE-2026-44699).
  if (secret.size() < kMin) return error("secret of {} octets; HS256 needs {} at least", secret.size(), kMin);
  return MacKey(std::make_shared<const Secret>(std::move(secret)));
}

struct SignatureVerifier::Impl {
  // One key used in one way. `key` keeps the key alive, so that its address stays its identity.
  struct Slot {
    std::shared_ptr<const void> key;
    SignatureAlgorithm algorithm;
    PkeyContextPtr pkey;  // RSA, ECDSA
    MdContextPtr eddsa;   // EdDSA
    MacContextPtr mac;    // HMAC
  };
  std::vector<Slot> slots;
  std::size_t next = 0;  // to be replaced when all are taken
  std::array<std::optional<Digest>, 6> digests;

  Slot* find(const void* key, SignatureAlgorithm algorithm) {
    for (Slot& slot : slots) {
      if (slot.key.get() == key && slot.algorithm == algorithm) return &slot;
    }
    return nullptr;
  }
  Slot& put(Slot slot) {
    if (slots.size() < kMaxContexts) return slots.emplace_back(std::move(slot));
    Slot& old = slots[next++ % kMaxContexts];
    old = std::move(slot);
    return old;
  }
  std::size_t hash(HashKind kind, std::string_view message, std::uint8_t* out) {
    auto& slot = digests[static_cast<std::size_t>(kind)];
    if (!slot) slot.emplace(kind);
    slot->update(message).finish(out);
    return digest_size(kind);
  }
};

SignatureVerifier::SignatureVerifier() : impl_(std::make_unique<Impl>()) { impl_->slots.reserve(kMaxContexts); }
SignatureVerifier::SignatureVerifier(SignatureVerifier&&) noexcept = default;
SignatureVerifier& SignatureVerifier::operator=(SignatureVerifier&&) noexcept = default;
SignatureVerifier::~SignatureVerifier() = default;

bool SignatureVerifier::verify(SignatureAlgorithm algorithm, const PublicKey& key, std::string_view message,
                               std::string_view signature) {
  if (!fits(algorithm, key.kind())) return false;
  if (algorithm.scheme == SignatureScheme::EdDsa) {
    algorithm.hash = HashKind::Sha512;  // one slot, whatever the caller wrote
  }
  const ErrorQueueGuard guard;
  const auto& handle = key.shared_handle();
  Impl::Slot* slot = impl_->find(handle.get(), algorithm);
  if (slot == nullptr) {
    Impl::Slot made{.key = handle, .algorithm = algorithm, .pkey = {}, .eddsa = {}, .mac = {}};
    EVP_PKEY* const pkey = handle->pkey.get();
    if (algorithm.scheme == SignatureScheme::EdDsa) {
      made.eddsa = make_eddsa_context(pkey);
    } else {
      made.pkey = make_context(algorithm, pkey);
    }
    if (!made.eddsa && !made.pkey) return false;
    slot = &impl_->put(std::move(made));
  }
  if (slot->eddsa) {
    return EVP_DigestVerify(slot->eddsa.get(), octets(signature), signature.size(), octets(message), message.size()) ==
           1;
  }

  std::uint8_t hash[kMaxDigestSize];
  if (algorithm.scheme == SignatureScheme::Ecdsa) {
    const DerSignature der = der_from_raw(signature, coordinate_size(key.kind()));
    if (der.size == 0) return false;
    return EVP_PKEY_verify(slot->pkey.get(), der.octets.data(), der.size, hash,
                           impl_->hash(algorithm.hash, message, hash)) == 1;
  }
  // RFC 8017 sections 8.1.2 and 8.2.2, step 1: of the modulus' length, no shorter.
  if (signature.size() != (key.bits() + 7) / 8) return false;
  return EVP_PKEY_verify(slot->pkey.get(), octets(signature), signature.size(), hash,
                         impl_->hash(algorithm.hash, message, hash)) == 1;
}

bool SignatureVerifier::verify_mac(HashKind hash, const MacKey& key, std::string_view message, std::string_view mac) {
  if (!is_signature_hash(hash) || key.size() < digest_size(hash) || mac.size() != digest_size(hash)) return false;
  // RsaPkcs1 stands for "none": the address of a secret is never that of a public key.
  const SignatureAlgorithm use{.scheme = SignatureScheme::RsaPkcs1, .hash = hash};
  const ErrorQueueGuard guard;
  Impl::Slot* slot = impl_->find(key.secret_.get(), use);
  if (slot == nullptr) {
    Impl::Slot made{.key = key.secret_,
                    .algorithm = use,
                    .pkey = {},
                    .eddsa = {},
                    .mac = make_hmac(hash, key.secret_->reveal(RevealSecret{}))};
    if (!made.mac) return false;
    slot = &impl_->put(std::move(made));
  }
  std::uint8_t expected[kMaxDigestSize];
  std::size_t size = 0;
  EVP_MAC_CTX* const context = slot->mac.get();
  if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1 ||
      EVP_MAC_update(context, octets(message), message.size()) != 1 ||
      EVP_MAC_final(context, expected, &size, sizeof expected) != 1) {
    return false;
  }
  return constant_time_equal({reinterpret_cast<const char*>(expected), size}, mac);
}

}  // namespace quivive::crypto
