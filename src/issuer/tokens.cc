#include "issuer/tokens.h"

#include "base/base64.h"
#include "base/words.h"
#include "crypto/digest.h"

namespace quivive::issuer {
namespace {

Json audience_of(const std::vector<std::string>& audiences) {
  if (audiences.size() == 1) return Json(audiences.front());
  JsonArray out;
  for (const std::string& one : audiences) out.emplace_back(one);
  return out;
}

// OpenID Connect Core section 3.1.3.6: the left half of the hash that the signature uses; Ed25519's is SHA-512.
std::string access_token_hash(jose::JwsAlgorithm algorithm, std::string_view token) {
  const auto kind = algorithm == jose::JwsAlgorithm::EdDSA ? crypto::HashKind::Sha512 : crypto::HashKind::Sha256;
  const std::string digest = crypto::digest(kind, token);
  return base64url_encode(std::string_view(digest).substr(0, digest.size() / 2));
}

}  // namespace

Result<AccessToken> sign_access_token(const KeyRing& keys, const Settings& settings, const Grant& grant, RandomSource& random, Instant now) {
  AccessToken out;
  out.id = base64url_encode(random.bytes(16));
  // As verifiers will read it: whole seconds.
  out.expires = from_unix_seconds(unix_seconds(now + settings.access_token_lifetime));
  JsonObject claims{{"iss", settings.url}, {"sub", grant.subject}, {"aud", audience_of(settings.audiences)}, {"client_id", grant.client},
                    {"iat", unix_seconds(now)}, {"exp", unix_seconds(out.expires)}, {"jti", out.id}};
  if (!grant.scopes.empty()) claims["scope"] = join(grant.scopes);
  if (grant.signed_in) claims["auth_time"] = unix_seconds(*grant.signed_in);
  if (!grant.roles.empty()) {
    JsonArray roles;
    for (const std::string& role : grant.roles) roles.emplace_back(role);
    claims["roles"] = std::move(roles);
  }
  auto text = keys.signing(settings.algorithm, now).access.sign(claims);
  if (!text) return text.error();
  out.text = std::move(*text);
  return out;
}

Result<std::string> sign_id_token(const KeyRing& keys, const Settings& settings, const Grant& grant, std::string_view access_token, Instant now) {
  const KeyRing::Key& key = keys.signing(settings.algorithm, now);
  JsonObject claims{{"iss", settings.url}, {"sub", grant.subject}, {"aud", grant.client}, {"iat", unix_seconds(now)},
                    {"exp", unix_seconds(now + settings.access_token_lifetime)}, {"at_hash", access_token_hash(key.algorithm, access_token)}};
  if (grant.signed_in) claims["auth_time"] = unix_seconds(*grant.signed_in);
  if (!grant.nonce.empty()) claims["nonce"] = grant.nonce;
  return key.plain.sign(claims);
}

}  // namespace quivive::issuer
