#pragma once
// What every store agrees on about records, so that a backend only stores: which records are refused, which of two
// revocations is the wider one, and the order of what a user has several of.

#include "base/result.h"
#include "store/nonce_ports.h"
#include "store/records.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::store {

// scope-token of RFC 6749 section 3.3: printable ASCII without space, '"' and '\'; not empty. Roles follow it too.
// Threat: scopes and roles travel to the upstream as space-separated lists, where a space would smuggle in another one.
[[nodiscard]] bool is_scope_token(std::string_view text);

// Refuses an empty name, roles that are not scope-tokens, and what check_digests() refuses. The bytes of the name are free.
[[nodiscard]] Result<void> check_record(const UserRecord& user);
// Refuses a hash that Digest does not have, a secret or user_hash that is not lower-case hexadecimal of that hash's length,
// one realm and hash twice, and control characters in a realm. Also any digest of a name with a ':': the hashed texts are
// joined by colons, and the user "a:b" of realm "c" would share a user_hash with the user "a" of realm "b:c".
[[nodiscard]] Result<void> check_digests(std::string_view name, const std::vector<DigestSecret>& digests);
// Refuses an empty id, a digest that is not 32 bytes, and scopes that are not scope-tokens.
[[nodiscard]] Result<void> check_record(const KeyRecord& key);
// For a session that begins. Refuses a digest that is not 32 octets, an empty user, a password_tag that is empty or longer
// than kMaxPasswordTag, a client longer than kMaxSessionClient or with control characters, one that expires before it was
// created, and one that is revoked.
[[nodiscard]] Result<void> check_record(const SessionRecord& session);
// Refuses an empty issuer, an empty value for TokenId and Subject, and a value for IssuedBefore.
[[nodiscard]] Result<void> check_record(const Revocation& revocation);

// Refuse what is not as long as store/nonce_ports.h says.
[[nodiscard]] Result<void> check_nonce(std::string_view id);
[[nodiscard]] Result<void> check_nonce_master(const Secret& proposal);

// Both name the same issuer, kind and value: the later cut-off, the longer memory, the earlier creation.
[[nodiscard]] Revocation wider(const Revocation& a, const Revocation& b);

// The order in which a store gives a user's digests: by realm, then as HashKind is.
[[nodiscard]] std::vector<DigestSecret> in_order(std::vector<DigestSecret> digests);

// The octets with which the digest of a session of this id begins; nothing if no session can have it.
[[nodiscard]] std::optional<std::string> octets_of_session_id(std::string_view id);

// The unit in which KeyRecord::last_used is kept.
[[nodiscard]] constexpr Instant to_minute(Instant t) {
  return Instant{std::chrono::floor<std::chrono::minutes>(t).time_since_epoch()};
}

}  // namespace quivive::store
