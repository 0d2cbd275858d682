#pragma once
// OpenSSL's objects as values that free themselves. For the .cc files of crypto/ only.

#include "crypto/digest.h"
#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace quivive::crypto {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using BignumPtr = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using CertificatePtr = std::unique_ptr<X509, Freer<X509_free>>;
using MacContextPtr = std::unique_ptr<EVP_MAC_CTX, Freer<EVP_MAC_CTX_free>>;
using MdContextPtr = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using PkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

// What PublicKey and PrivateKey share. Immutable; OpenSSL locks what it caches inside.
struct KeyHandle {
  PkeyPtr pkey;
  PublicKeyParams params;
  unsigned bits = 0;
};

// Fetched once per process and never freed; nullptr where OpenSSL's providers do not have it. Thread-safe.
[[nodiscard]] const EVP_MD* fetched_md(HashKind kind);
[[nodiscard]] EVP_MAC* fetched_hmac();
// As OpenSSL's parameters spell it.
[[nodiscard]] const char* md_name(HashKind kind);

// A MAC context with hash and key set; nullptr if OpenSSL refuses. EVP_MAC_init(ctx, nullptr, 0, nullptr) starts over.
[[nodiscard]] MacContextPtr make_hmac(HashKind kind, std::string_view key);

// The checked key behind any EVP_PKEY: its public numbers are read and held to the rules of PublicKey::from_params.
[[nodiscard]] Result<PublicKeyParams> public_params(const EVP_PKEY* pkey);

[[nodiscard]] inline const unsigned char* octets(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.empty() ? "" : s.data());
}
[[nodiscard]] inline unsigned char* octets(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

// Leaves this thread's error queue as empty as TLS needs it: a stale entry makes SSL_get_error lie.
struct ErrorQueueGuard {
  ErrorQueueGuard() = default;
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

// For what only a broken installation or exhausted memory can make fail: there is no safe way on.
inline void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "quivive: OpenSSL failed: %s\n", what);
  std::abort();
}

}  // namespace quivive::crypto
