#pragma once
// What the service hands out: access tokens that are JWTs (RFC 9068), and ID tokens.

#include "base/random.h"
#include "issuer/key_ring.h"
#include "issuer/settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::issuer {

// Whom a token speaks for, and what it may.
struct Grant {
  std::string subject;  // a user, or the client itself
  std::string client;
  std::vector<std::string> scopes;
  std::vector<std::string> roles;
  std::optional<Instant> signed_in;  // auth_time; none where no user is there
  std::string nonce;                 // of the ID token; "" for none
};

struct AccessToken {
  std::string text;
  std::string id;  // jti
  Instant expires;
};
[[nodiscard]] Result<AccessToken> sign_access_token(const KeyRing& keys, const Settings& settings, const Grant& grant, RandomSource& random, Instant now);

// OpenID Connect Core section 2. `access_token` is what at_hash is of.
[[nodiscard]] Result<std::string> sign_id_token(const KeyRing& keys, const Settings& settings, const Grant& grant, std::string_view access_token, Instant now);

}  // namespace quivive::issuer
