#pragma once
// What a store keeps for the token service (OAuth 2.1). Of codes and tokens only digests, of 256 random bits each; of client
// secrets likewise.

#include "base/clock.h"
#include "base/secret.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::store {

// How a client proves who it is at the token endpoint (RFC 7591 section 2, token_endpoint_auth_method).
enum class ClientProof : std::uint8_t { Secret, PrivateKeyJwt, None };

struct ClientRecord {
  std::string id;                         // client_id; unique
  std::string name;                       // for people
  ClientProof proof = ClientProof::Secret;
  std::string secret_digest;              // Secret: SHA-256 of the secret, 32 octets; otherwise ""
  std::string jwks;                       // PrivateKeyJwt: the JWK set with its public keys; otherwise ""
  std::vector<std::string> grants;        // grant types as the token endpoint spells them; scope-tokens or URNs, without spaces
  std::vector<std::string> redirect_uris; // compared byte for byte, but for the port of a loopback one (RFC 8252 section 7.3)
  std::vector<std::string> scopes;        // the most it may be given
  Instant created{};
  std::optional<Instant> revoked;

  [[nodiscard]] bool may_use(std::string_view grant) const { return std::find(grants.begin(), grants.end(), grant) != grants.end(); }
  bool operator==(const ClientRecord&) const = default;
};

// `sub` of the tokens that a client gets for itself. No user has that name: a colon cannot be in one that Basic could send. Threat: a
// client that is called as a user is, and whose tokens then pass for the user's (RFC 9068 section 5).
[[nodiscard]] inline std::string client_subject(std::string_view id) { return "client:" + std::string(id); }

// An authorization code that was handed to a browser (RFC 6749 section 4.1.2).
struct CodeRecord {
  std::string digest;          // SHA-256 of the code; unique
  std::string client;
  std::string redirect_uri;    // as the authorization request had it
  std::string challenge;       // code_challenge, always S256 (RFC 7636)
  std::string user;
  std::string password_tag;    // as SessionRecord's: another password, and what came of this sign-in ends
  std::vector<std::string> scopes;
  std::string nonce;           // of OpenID Connect; "" for none
  Instant signed_in{};         // auth_time
  Instant created{};
  Instant expires{};
  std::string family;          // of the refresh tokens that come of it

  bool operator==(const CodeRecord&) const = default;
};

// A request of a device without a browser (RFC 8628).
enum class DeviceState : std::uint8_t { Pending, Approved, Denied };
struct DeviceRecord {
  std::string digest;          // SHA-256 of the device code; unique
  std::string user_code;       // as people type it, without the dash, upper case; unique among those that live
  std::string client;
  std::vector<std::string> scopes;
  DeviceState state = DeviceState::Pending;
  std::string user;            // who approved it; "" until then
  std::string password_tag;    // as CodeRecord's
  Instant signed_in{};
  Instant created{};
  Instant expires{};
  Instant polled{};            // when it was asked last; `created` at first

  bool operator==(const DeviceRecord&) const = default;
};

// One refresh token. All that come of one sign-in make a family, which ends as one.
struct RefreshRecord {
  std::string digest;          // SHA-256 of the token; unique
  std::string family;
  std::string client;
  std::string user;
  std::string password_tag;    // as CodeRecord's
  std::vector<std::string> scopes;
  Instant signed_in{};
  Instant created{};
  Instant expires{};           // of the whole family
  std::optional<Instant> used; // when it was first exchanged
  std::string access_id;       // jti of the access token that came with it
  Instant access_expires{};

  bool operator==(const RefreshRecord&) const = default;
};

// A key that signs tokens.
struct SigningKeyRecord {
  std::string kid;             // unique
  std::string algorithm;       // JWS name
  Secret private_key;          // PEM, PKCS#8
  Instant created{};
  Instant active{};            // signs from then on: published some time before, so that verifiers know it by then
};

}  // namespace quivive::store
