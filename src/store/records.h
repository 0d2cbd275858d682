#pragma once
// What a store keeps. Plain values; a record never holds a clear-text credential.

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/digest.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::store {

// What signs a user in by Digest (RFC 7616): valid for one realm and one hash function.
struct DigestSecret {
  std::string realm;
  crypto::HashKind hash = crypto::HashKind::Sha256;  // Md5, Sha256 or Sha512_256
  Secret secret;          // H(user ":" realm ":" password), lower-case hexadecimal
  std::string user_hash;  // H(user ":" realm), lower-case hexadecimal: the name that a client sends with userhash=true
};

struct UserRecord {
  std::string name;              // unique; compared byte for byte (RFC 7617: the user-id is opaque)
  Secret password_hash;          // PHC string or crypt(5) string, as crypto/password.h reads
  std::vector<DigestSecret> digests;  // by realm and hash, each pair once; none for a user who signs in by Basic only
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
