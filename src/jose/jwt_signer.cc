#include "jose/jwt_signer.h"

#include "base/base64.h"

namespace quivive::jose {

JwtSigner::JwtSigner(Key key, JwsAlgorithm algorithm, std::string_view kid, std::string_view typ)
    : key_(std::move(key)), algorithm_(algorithm) {
  JsonObject header{{"alg", name_of(algorithm)}};
  if (!typ.empty()) header.emplace("typ", typ);
  if (!kid.empty()) header.emplace("kid", kid);
  encoded_header_ = base64url_encode(to_json(header)) + ".";
}

Result<JwtSigner> JwtSigner::make(crypto::PrivateKey key, JwsAlgorithm algorithm, std::string_view kid,
                                  std::string_view typ) {
  if (!fits(algorithm, key.kind())) {
    return error("{} does not fit a {} key", name_of(algorithm), crypto::key_kind_name(key.kind()));
  }
  return JwtSigner(std::move(key), algorithm, kid, typ);
}

Result<JwtSigner> JwtSigner::make(crypto::MacKey key, JwsAlgorithm algorithm, std::string_view kid,
                                  std::string_view typ) {
  if (!is_symmetric(algorithm)) return error("{} does not fit a secret", name_of(algorithm));
  if (key.size() < crypto::digest_size(info(algorithm).hash)) {
    return error("{} needs a secret of {} octets", name_of(algorithm), crypto::digest_size(info(algorithm).hash));
  }
  return JwtSigner(std::move(key), algorithm, kid, typ);
}

Result<std::string> JwtSigner::sign(const JsonObject& claims) const {
  std::string token = encoded_header_ + base64url_encode(to_json(claims));
  std::string signature;
  if (const auto* secret = std::get_if<crypto::MacKey>(&key_)) {
    signature = crypto::hmac(info(algorithm_).hash, secret->secret().reveal(RevealSecret{}), token);
  } else {
    auto made = std::get<crypto::PrivateKey>(key_).sign(signature_algorithm(algorithm_), token);
    if (!made) return made.error();
    signature = std::move(*made);
  }
  token += '.';
  token += base64url_encode(signature);
  return token;
}

JwsAlgorithm default_algorithm(crypto::KeyKind kind) {
  switch (kind) {
    case crypto::KeyKind::Rsa: return JwsAlgorithm::RS256;
    case crypto::KeyKind::EcP256: return JwsAlgorithm::ES256;
    case crypto::KeyKind::EcP384: return JwsAlgorithm::ES384;
    case crypto::KeyKind::EcP521: return JwsAlgorithm::ES512;
    case crypto::KeyKind::Ed25519:
    case crypto::KeyKind::Ed448: break;
  }
  return JwsAlgorithm::EdDSA;
}

}  // namespace quivive::jose
