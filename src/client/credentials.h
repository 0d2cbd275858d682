#pragma once
// What a client may prove itself with. Each credential is bound to one origin and is sent to no other.

#include "base/clock.h"
#include "base/secret.h"
#include "client/cookie_jar.h"
#include "client/origin.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace quivive::client {

// Either: a user and a password given without saying how. They wait for a challenge, and the strongest is answered.
enum class PasswordUse : std::uint8_t { Basic, Digest, Either };

struct Password {
  std::string user;  // UTF-8
  Secret password;
  PasswordUse use = PasswordUse::Either;
};

// How a client proves itself at the token endpoint (RFC 6749 section 2.3). None: a public client, which sends its client_id only.
enum class ClientAuthentication : std::uint8_t { None, Basic, Post };

struct TokenClient {
  std::string token_endpoint;  // URL
  std::string client_id;
  Secret client_secret;
  ClientAuthentication authentication = ClientAuthentication::None;
  std::string scope;  // "" for what was granted
};

struct Token {
  Secret access;
  Secret refresh;  // empty where there is none
  // By our clock: when it came, plus expires_in. Nothing where that was not said; a JWT's own exp is read then, by the server's clock.
  std::optional<Instant> expires = {};
  std::optional<Instant> issued = {};  // when it came: one that never lives long is not refreshed before half of its life is over
};

struct Bearer {
  Token token;
  std::optional<TokenClient> client;  // nothing for a token that cannot be refreshed

  [[nodiscard]] bool refreshable() const { return client && !token.refresh.empty(); }
};

struct ApiKey {
  std::string field;  // "X-API-Key"
  Secret value;
};

struct Credential {
  Origin origin;
  std::variant<Password, Bearer, ApiKey, CookieJar> what;
};

// The first of an origin that fits is taken: at most one beside cookies goes into a request. A Call changes a Bearer's token and a CookieJar's
// cookies.
using Credentials = std::vector<Credential>;

}  // namespace quivive::client
