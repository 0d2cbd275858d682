#include "crypto/private_key.h"

#include "crypto/openssl_handles.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

namespace quivive::crypto {
namespace {

using EcdsaSigPtr = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

// OpenSSL would ask on the terminal for the passphrase of an encrypted key.
int refuse_passphrase(char*, int, int, void*) { return -1; }

Result<std::string> sign_eddsa(EVP_PKEY* pkey, std::string_view message) {
  const MdContextPtr context(EVP_MD_CTX_new());
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(pkey));
  std::string out(size, '\0');
  if (!context || EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, pkey, nullptr) != 1 ||
      EVP_DigestSign(context.get(), octets(out), &size, octets(message), message.size()) != 1) {
    return error("signing failed");
  }
  out.resize(size);
  return out;
}

Result<std::string> sign_digest(EVP_PKEY* pkey, SignatureAlgorithm algorithm, std::string_view hash) {
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr));
  EVP_PKEY_CTX* const c = context.get();
  const EVP_MD* const md = fetched_md(algorithm.hash);
  bool ok = c != nullptr && EVP_PKEY_sign_init(c) == 1 && EVP_PKEY_CTX_set_signature_md(c, md) == 1;
  if (ok && algorithm.scheme == SignatureScheme::RsaPkcs1) ok = EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1;
  if (ok && algorithm.scheme == SignatureScheme::RsaPss) {
    ok = EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(c, md) == 1;
  }
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(pkey));
  std::string out(size, '\0');
  if (!ok || EVP_PKEY_sign(c, octets(out), &size, octets(hash), hash.size()) != 1) return error("signing failed");
  out.resize(size);
  return out;
}

Result<std::string> raw_from_der(std::string_view der, std::size_t coordinate) {
  const unsigned char* p = octets(der);
  const EcdsaSigPtr sig(d2i_ECDSA_SIG(nullptr, &p, static_cast<long>(der.size())));
  std::string out(2 * coordinate, '\0');
  const int size = static_cast<int>(coordinate);
  if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), octets(out), size) != size ||
      BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), octets(out) + size, size) != size) {
    return error("signing failed");
  }
  return out;
}

SignatureAlgorithm probe_algorithm(KeyKind kind) {
  switch (kind) {
    case KeyKind::Rsa: return {SignatureScheme::RsaPkcs1, HashKind::Sha256};
    case KeyKind::EcP256: return {SignatureScheme::Ecdsa, HashKind::Sha256};
    case KeyKind::EcP384: return {SignatureScheme::Ecdsa, HashKind::Sha384};
    case KeyKind::EcP521: return {SignatureScheme::Ecdsa, HashKind::Sha512};
    case KeyKind::Ed25519:
    case KeyKind::Ed448: break;
  }
  return {SignatureScheme::EdDsa, HashKind::Sha512};
}

}  // namespace

Result<PrivateKey> PrivateKey::generate(KeyKind kind) {
  const ErrorQueueGuard guard;
  auto handle = std::make_shared<KeyHandle>();
  PkeyPtr& pkey = handle->pkey;
  switch (kind) {
    case KeyKind::Rsa: pkey.reset(EVP_RSA_gen(kMinRsaBits)); break;
    case KeyKind::EcP256: pkey.reset(EVP_EC_gen("P-256")); break;
    case KeyKind::EcP384: pkey.reset(EVP_EC_gen("P-384")); break;
    case KeyKind::EcP521: pkey.reset(EVP_EC_gen("P-521")); break;
    case KeyKind::Ed25519: pkey.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); break;
    case KeyKind::Ed448: pkey.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")); break;
  }
  if (!pkey) return error("no {} key could be generated", key_kind_name(kind));
  return from_handle(std::move(handle));
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  const ErrorQueueGuard guard;
  constexpr std::size_t kMaxPemSize = 64 * 1024;
  if (pem.size() > kMaxPemSize) return error("PEM text of {} octets; at most {} are read", pem.size(), kMaxPemSize);
  const BioPtr bio(BIO_new_mem_buf(octets(pem), static_cast<int>(pem.size())));
  auto handle = std::make_shared<KeyHandle>();
  handle->pkey.reset(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr) : nullptr);
  if (!handle->pkey) return error("no private key in the PEM text, or it is encrypted");
  auto key = from_handle(std::move(handle));
  if (!key) return key;
  // Halves that do not belong together would sign tokens that nobody can verify.
  constexpr std::string_view probe = "quivive";
  const auto signature = key->sign(probe_algorithm(key->kind()), probe);
  SignatureVerifier verifier;
  if (!signature || !verifier.verify(probe_algorithm(key->kind()), key->public_key(), probe, *signature)) {
    return error("the private half of the key does not belong to its public half");
  }
  return key;
}

Result<PrivateKey> PrivateKey::from_handle(std::shared_ptr<KeyHandle> handle) {
  const auto params = public_params(handle->pkey.get());
  if (!params) return params.error();
  auto public_key = PublicKey::from_params(*params);
  if (!public_key) return public_key.error();
  handle->params = public_key->params();
  handle->bits = public_key->bits();
  return PrivateKey(std::move(handle), std::move(*public_key));
}

Secret PrivateKey::to_pem() const {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  require(
      bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), handle_->pkey.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
      "PKCS#8");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return Secret(std::string(text, static_cast<std::size_t>(size)));
}

Result<std::string> PrivateKey::sign(SignatureAlgorithm algorithm, std::string_view message) const {
  if (!fits(algorithm, kind())) return error("a {} key cannot sign with this algorithm", key_kind_name(kind()));
  const ErrorQueueGuard guard;
  EVP_PKEY* const pkey = handle_->pkey.get();
  if (algorithm.scheme == SignatureScheme::EdDsa) return sign_eddsa(pkey, message);
  auto signature = sign_digest(pkey, algorithm, digest(algorithm.hash, message));
  if (!signature || algorithm.scheme != SignatureScheme::Ecdsa) return signature;
  return raw_from_der(*signature, coordinate_size(kind()));
}

}  // namespace quivive::crypto
