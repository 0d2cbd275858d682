#include "gateway/identity.h"

#include "base/words.h"
#include "jose/jwk.h"

#include <span>

namespace quivive::gateway {
namespace {

enum class Space : std::uint8_t { Keep, Encode };

void append_value(std::pmr::string& out, std::string_view text, Space space) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto b = static_cast<unsigned char>(c);
    // Threat: header injection through a claim; and, in a list, one role that reads as two.
    if (b < 0x20 || b > 0x7e || c == '%' || (c == ' ' && space == Space::Encode)) {
      out += {'%', digits[b >> 4], digits[b & 15]};
    } else {
      out += c;
    }
  }
}

void append_line(std::pmr::string& out, const std::string& name, std::string_view value) {
  if (name.empty() || value.empty()) return;
  out += name;
  out += ": ";
  append_value(out, value, Space::Keep);
  out += "\r\n";
}

void append_list(std::pmr::string& out, const std::string& name, std::span<const std::string_view> words) {
  if (name.empty() || words.empty()) return;
  out += name;
  out += ':';
  for (const std::string_view word : words) {
    out += ' ';
    append_value(out, word, Space::Encode);
  }
  out += "\r\n";
}

}  // namespace

void append_identity_lines(std::pmr::string& out, const config::IdentityHeaders& names, const auth::Principal& principal) {
  append_line(out, names.subject, principal.subject());
  append_line(out, names.scheme, auth::info(principal.scheme()).setting);
  append_line(out, names.issuer, principal.issuer());
  append_list(out, names.scopes, principal.scopes());
  append_list(out, names.roles, principal.roles());
  if (principal.scheme() == auth::Scheme::ApiKey) append_line(out, names.key_id, principal.key_id());
}

std::string identity_lines(const config::IdentityHeaders& names, const auth::Principal& principal) {
  std::pmr::string out;
  append_identity_lines(out, names, principal);
  return std::string(out);
}

Result<IdentityAssertion> IdentityAssertion::make(std::string issuer) {
  auto key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256);
  if (!key) return key.error();
  const jose::Jwk draft = jose::Jwk::from_public_key(key->public_key());
  const std::string kid = draft.thumbprint();
  const jose::Jwk jwk = jose::Jwk::from_public_key(key->public_key(), kid, jose::default_algorithm(crypto::KeyKind::EcP256));
  auto signer = jose::JwtSigner::make(*key, jose::default_algorithm(crypto::KeyKind::EcP256), kid, "quivive-assertion+jwt");
  if (!signer) return signer.error();
  JsonArray keys;
  keys.push_back(jwk.to_json());
  JsonObject document;
  document["keys"] = std::move(keys);
  return IdentityAssertion(std::move(issuer), std::move(*signer), to_json(document));
}

Result<std::string> IdentityAssertion::sign(const auth::Principal& principal, std::string_view audience, Instant now, Duration lifetime) const {
  JsonObject claims;
  claims["iss"] = issuer_;
  claims["aud"] = audience;
  claims["sub"] = principal.subject();
  claims["iat"] = unix_seconds(now);
  claims["exp"] = unix_seconds(std::min(now + lifetime, principal.not_after()));
  claims["scheme"] = auth::info(principal.scheme()).setting;
  if (!principal.issuer().empty()) claims["client_issuer"] = principal.issuer();
  if (principal.scheme() == auth::Scheme::ApiKey) claims["key_id"] = principal.key_id();
  if (!principal.scopes().empty()) claims["scope"] = join(principal.scopes());
  if (!principal.roles().empty()) {
    JsonArray roles;
    for (const std::string_view role : principal.roles()) roles.emplace_back(role);
    claims["roles"] = std::move(roles);
  }
  return signer_.sign(claims);
}

}  // namespace quivive::gateway
