#include "crypto/public_key.h"

#include "crypto/openssl_handles.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace quivive::crypto {
namespace {

constexpr std::size_t kMaxEncodedSize = 64 * 1024;  // of a PEM or DER text: a key of kMaxRsaBits takes 2 KiB

const char* curve_name(KeyKind kind) {
  switch (kind) {
    case KeyKind::EcP256: return "prime256v1";
    case KeyKind::EcP384: return "secp384r1";
    case KeyKind::EcP521: return "secp521r1";
    default: return "";
  }
}

unsigned bit_length(std::string_view number) {  // without leading zero octets
  return number.empty()
             ? 0
             : static_cast<unsigned>(8 * (number.size() - 1)) + std::bit_width(static_cast<unsigned char>(number[0]));
}
bool is_odd(std::string_view number) { return !number.empty() && (number.back() & 1) != 0; }

// At most one leading zero octet is dropped: more is no encoder's habit.
std::string_view without_leading_zero(std::string_view number) {
  if (number.size() > 1 && number[0] == '\0') number.remove_prefix(1);
  return number;
}

Result<std::shared_ptr<KeyHandle>> from_data(const char* type, const OSSL_PARAM* data) {
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pkey = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(data)) != 1) {
    return error("OpenSSL does not accept the {} key", type);
  }
  auto handle = std::make_shared<KeyHandle>();
  handle->pkey.reset(pkey);
  return handle;
}

Result<std::shared_ptr<KeyHandle>> make_rsa(const PublicKeyParams& params) {
  const std::string_view n = without_leading_zero(params.n), e = without_leading_zero(params.e);
  if (n.empty() || e.empty()) return error("RSA key without modulus or exponent");
  if (n[0] == '\0' || e[0] == '\0') return error("RSA key with a padded number");
  const unsigned bits = bit_length(n);
  if (bits < kMinRsaBits) return error("RSA key of {} bits; {} are required", bits, kMinRsaBits);
  // Threat: a key whose verification keeps a worker busy for seconds.
  if (bits > kMaxRsaBits) return error("RSA key of {} bits; at most {} are accepted", bits, kMaxRsaBits);
  if (bit_length(e) > kMaxRsaExponentBits) {
    return error("RSA exponent of {} bits; at most {} are accepted", bit_length(e), kMaxRsaExponentBits);
  }
  // e = 1 makes every signature its own message.
  if (!is_odd(n) || !is_odd(e) || bit_length(e) < 2) {
    return error("RSA key with an even modulus, or an exponent that is even or 1");
  }

  const BignumPtr bn_n(BN_bin2bn(octets(n), static_cast<int>(n.size()), nullptr));
  const BignumPtr bn_e(BN_bin2bn(octets(e), static_cast<int>(e.size()), nullptr));
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  require(bn_n && bn_e && builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, bn_n.get()) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, bn_e.get()) == 1,
          "RSA parameters");
  const ParamsPtr data(OSSL_PARAM_BLD_to_param(builder.get()));
  auto handle = from_data("RSA", data.get());
  if (handle) (*handle)->params = {.kind = KeyKind::Rsa, .n = std::string(n), .e = std::string(e), .x = {}, .y = {}};
  return handle;
}

Result<std::shared_ptr<KeyHandle>> make_ec(const PublicKeyParams& params) {
  const std::size_t size = coordinate_size(params.kind);
  if (params.x.size() != size || params.y.size() != size) {
    return error("{} key with coordinates of {} and {} octets; both must have {}", key_kind_name(params.kind),
                 params.x.size(), params.y.size(), size);
  }
  std::string point = "\x04" + params.x + params.y;
  const OSSL_PARAM data[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(curve_name(params.kind)), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  auto handle = from_data("EC", data);
  const PkeyContextPtr context(handle ? EVP_PKEY_CTX_new_from_pkey(nullptr, (*handle)->pkey.get(), nullptr) : nullptr);
  // SP 800-56A section 5.6.2.3.3: in range, on the curve, of the right order, not the point at infinity.
  if (!context || EVP_PKEY_public_check(context.get()) != 1) {
    return error("the point is not on the curve {}", key_kind_name(params.kind));
  }
  (*handle)->params = {.kind = params.kind, .n = {}, .e = {}, .x = params.x, .y = params.y};
  return handle;
}

Result<std::shared_ptr<KeyHandle>> make_okp(const PublicKeyParams& params) {
  if (params.x.size() != coordinate_size(params.kind)) {
    return error("{} key of {} octets; it must have {}", key_kind_name(params.kind), params.x.size(),
                 coordinate_size(params.kind));
  }
  const OSSL_PARAM data[] = {
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<char*>(params.x.data()), params.x.size()),
      OSSL_PARAM_construct_end()};
  auto handle = from_data(params.kind == KeyKind::Ed25519 ? "ED25519" : "ED448", data);
  if (handle) (*handle)->params = {.kind = params.kind, .n = {}, .e = {}, .x = params.x, .y = {}};
  return handle;
}

Result<std::string> number_param(const EVP_PKEY* pkey, const char* name, std::size_t pad_to) {
  BIGNUM* bn = nullptr;
  if (EVP_PKEY_get_bn_param(pkey, name, &bn) != 1) return error("a number of the key cannot be read");
  const BignumPtr owned(bn);
  std::string out(std::max(pad_to, static_cast<std::size_t>(BN_num_bytes(bn))), '\0');
  if (BN_bn2binpad(bn, octets(out), static_cast<int>(out.size())) < 0) {
    return error("a number of the key cannot be read");
  }
  return out;
}

Result<PublicKey> from_pkey(const EVP_PKEY* pkey) {
  const auto params = public_params(pkey);
  if (!params) return params.error();
  return PublicKey::from_params(*params);
}

Result<PublicKey> from_spki(std::string_view der) {
  const unsigned char* p = octets(der);
  const PkeyPtr pkey(d2i_PUBKEY(nullptr, &p, static_cast<long>(der.size())));
  if (!pkey || p != octets(der) + der.size()) return error("not a SubjectPublicKeyInfo");
  return from_pkey(pkey.get());
}

Result<PublicKey> from_certificate(std::string_view der) {
  const unsigned char* p = octets(der);
  const CertificatePtr certificate(d2i_X509(nullptr, &p, static_cast<long>(der.size())));
  if (!certificate || p != octets(der) + der.size()) return error("not a certificate");
  const EVP_PKEY* pkey = X509_get0_pubkey(certificate.get());
  if (pkey == nullptr) return error("the certificate's key is of an unknown kind");
  return from_pkey(pkey);
}

}  // namespace

std::string_view key_kind_name(KeyKind kind) {
  switch (kind) {
    case KeyKind::Rsa: return "RSA";
    case KeyKind::EcP256: return "P-256";
    case KeyKind::EcP384: return "P-384";
    case KeyKind::EcP521: return "P-521";
    case KeyKind::Ed25519: return "Ed25519";
    case KeyKind::Ed448: return "Ed448";
  }
  return "";
}

Result<PublicKeyParams> public_params(const EVP_PKEY* pkey) {
  PublicKeyParams params;
  const auto take = [&](std::string& into, const char* name, std::size_t pad_to) {
    auto number = number_param(pkey, name, pad_to);
    if (number) into = std::move(*number);
    return static_cast<bool>(number);
  };
  bool ok = false;
  switch (EVP_PKEY_get_base_id(pkey)) {
    case EVP_PKEY_RSA: ok = take(params.n, OSSL_PKEY_PARAM_RSA_N, 0) && take(params.e, OSSL_PKEY_PARAM_RSA_E, 0); break;
    case EVP_PKEY_EC: {
      char group[64] = {};
      if (EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr) != 1) {
        return error("EC key without a named curve");
      }
      bool known = false;
      for (const KeyKind kind : {KeyKind::EcP256, KeyKind::EcP384, KeyKind::EcP521}) {
        if (std::strcmp(group, curve_name(kind)) == 0) params.kind = kind, known = true;
      }
      if (!known) return error("EC key on a curve that JWS does not use");
      const std::size_t size = coordinate_size(params.kind);
      ok = take(params.x, OSSL_PKEY_PARAM_EC_PUB_X, size) && take(params.y, OSSL_PKEY_PARAM_EC_PUB_Y, size);
      break;
    }
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448: {
      params.kind = EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519 ? KeyKind::Ed25519 : KeyKind::Ed448;
      std::size_t size = coordinate_size(params.kind);
      params.x.resize(size);
      ok = EVP_PKEY_get_raw_public_key(pkey, octets(params.x), &size) == 1 && size == params.x.size();
      break;
    }
    default: return error("key of a kind that JWS does not use; RSA, P-256, P-384, P-521, Ed25519 and Ed448 are");
  }
  if (!ok) return error("the public half of the key cannot be read");
  return params;
}

Result<PublicKey> PublicKey::from_params(const PublicKeyParams& params) {
  const ErrorQueueGuard guard;
  auto handle = params.kind == KeyKind::Rsa ? make_rsa(params)
                : is_ec(params.kind)        ? make_ec(params)
                                            : make_okp(params);
  if (!handle) return handle.error();
  (*handle)->bits = static_cast<unsigned>(EVP_PKEY_get_bits((*handle)->pkey.get()));
  return PublicKey(std::move(*handle));
}

Result<PublicKey> PublicKey::from_der(std::string_view der) {
  const ErrorQueueGuard guard;
  if (der.size() > kMaxEncodedSize) return error("key of {} octets; at most {} are read", der.size(), kMaxEncodedSize);
  auto key = from_spki(der);
  if (key) return key;
  auto certified = from_certificate(der);
  // The second error is worth more only where the text is a certificate after all.
  return certified || certified.error().message != "not a certificate" ? certified : key;
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  const ErrorQueueGuard guard;
  if (pem.size() > kMaxEncodedSize) {
    return error("PEM text of {} octets; at most {} are read", pem.size(), kMaxEncodedSize);
  }
  const BioPtr bio(BIO_new_mem_buf(octets(pem), static_cast<int>(pem.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (bio && PEM_read_bio(bio.get(), &name, &header, &data, &size) == 1) {
    const std::string label(name), der(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    if (label == "PUBLIC KEY") return from_spki(der);
    if (label == "CERTIFICATE") return from_certificate(der);
    if (label.ends_with("PRIVATE KEY")) return error("the PEM text holds a private key; give the public one");
    if (label == "RSA PUBLIC KEY") {
      return error("the PEM text holds a PKCS#1 key; convert it with `openssl rsa -RSAPublicKey_in -pubout`");
    }
  }
  return error("no PUBLIC KEY or CERTIFICATE block in the PEM text");
}

KeyKind PublicKey::kind() const { return handle_->params.kind; }
unsigned PublicKey::bits() const { return handle_->bits; }
const PublicKeyParams& PublicKey::params() const { return handle_->params; }

std::string PublicKey::to_pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_PUBKEY(bio.get(), handle_->pkey.get()) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace quivive::crypto
