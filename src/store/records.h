#pragma once
// What a store keeps. Plain values; a record never holds a clear-text credential.

#include "base/clock.h"
#include "base/secret.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::store {

struct UserRecord {
  std::string name;              // unique; compared byte for byte (RFC 7617: the user-id is opaque)
  Secret password_hash;          // PHC string or crypt(5) string, as crypto/password.h reads
  std::vector<std::string> roles;
  bool disabled = false;
  Instant created{};
  Instant changed{};             // of the password, the roles or `disabled`
};

struct KeyRecord {
  std::string id;                // public part of qv_<id>_<secret><checksum>; unique
  std::string digest;            // SHA-256 of the whole key text, 32 bytes: the secret has 256 bits, so no slow hash
  std::string owner;
  std::vector<std::string> scopes;
  std::string note;
  Instant created{};
  std::optional<Instant> expires;    // refused at and after (key-expired)
  std::optional<Instant> revoked;    // refused at and after (key-revoked); in the future while a rotation overlaps
  std::string rotated_to;            // id of the key that replaces this one, "" if none
  std::optional<Instant> last_used;  // to the minute

  bool operator==(const KeyRecord&) const = default;
};

// Tokens that are refused although they verify. All belong to one issuer.
enum class RevocationKind : std::uint8_t { TokenId, Subject, IssuedBefore };

struct Revocation {
  std::string issuer;
  RevocationKind kind = RevocationKind::TokenId;
  std::string value;                 // the jti or the sub; "" for IssuedBefore
  // Subject and IssuedBefore: tokens with iat before this instant (or without iat) are refused. TokenId: ignored.
  Instant cutoff{};
  Instant created{};
  std::optional<Instant> forget;     // may be dropped at and after: the tokens it names have expired by then

  bool operator==(const Revocation&) const = default;
};

}  // namespace quivive::store
