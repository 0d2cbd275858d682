#pragma once
// What a store keeps. Plain values; a record never holds a clear-text credential.

#include "base/base64.h"
#include "base/clock.h"
#include "base/secret.h"
#include "crypto/digest.h"

#include <optional>
#include <string>
#include <string_view>
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

// Bounds of what a session says beside who signed in.
inline constexpr std::size_t kMaxPasswordTag = 32;
inline constexpr std::size_t kMaxSessionClient = 64;  // an IPv6 address with its zone has room

// One sign-in, carried by a cookie.
struct SessionRecord {
  std::string digest;               // SHA-256 of the cookie's value, 32 octets; unique. The value itself is kept nowhere
  std::string user;                 // UserRecord::name, or a name in a password file
  std::string password_tag;         // octets that name the password hash the user signed in under: another hash, another tag
  std::string client;               // network address at sign-in, as text, for people
  Instant created{};
  Instant seen{};                   // last use that was noted; `created` at first
  Instant expires{};                // refused at and after, however often it is used
  std::optional<Instant> revoked;   // ended before that: signed out, replaced, revoked; such a session never lives again

  bool operator==(const SessionRecord&) const = default;
};

// The public name of a session: the first 16 hexadecimal digits of its digest, lower case. Tells nothing of the cookie.
inline constexpr std::size_t kSessionIdOctets = 8;
[[nodiscard]] inline std::string session_id(const SessionRecord& session) {
  return hex_encode(std::string_view(session.digest).substr(0, kSessionIdOctets));
}

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
