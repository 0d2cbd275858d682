#pragma once
// Store ports: the atomic things the gateway asks of a database. Calls block, so they run on the worker pool; every
// implementation is safe to call from several threads. An Error means that the store cannot be reached or is damaged, or
// that a record breaks store/record_rules.h; on the request path it becomes verifier-unavailable: never "no such user".

#include "base/result.h"
#include "store/change.h"
#include "store/nonce_ports.h"
#include "store/oauth_ports.h"
#include "store/records.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quivive::store {

// Who may sign in: all that checking a password needs. A password file is one, and so is every Store.
class UserLookup {
 public:
  virtual ~UserLookup() = default;
  [[nodiscard]] virtual Result<std::optional<UserRecord>> find_user(std::string_view name) = 0;
  // Two different numbers mean that a user may have changed in between, by any process. Cheap enough to ask several
  // times a second.
  [[nodiscard]] virtual Result<std::uint64_t> version() = 0;
  // Of every user, in no order: what an unknown one must cost follows from them. Reads all; not for every request.
  [[nodiscard]] virtual Result<std::vector<Secret>> password_hashes() = 0;
};

class UserStore : public UserLookup {
 public:
  // The user one of whose digests has this user_hash, in lower-case hexadecimal: a Digest client that hides the name sends
  // it in place of the name (RFC 7616 section 3.4.4).
  [[nodiscard]] virtual Result<std::optional<UserRecord>> find_user_by_hash(std::string_view user_hash) = 0;
  // How many users have Digest secrets, and none for this realm and hash: such a realm, or algorithm, came after their passwords.
  [[nodiscard]] virtual Result<std::size_t> count_without_digest(std::string_view realm, crypto::HashKind hash) = 0;
  [[nodiscard]] virtual Result<Change> add_user(const UserRecord& user) = 0;  // Exists if the name is taken
  // In one step: the hash, and `digests` in place of all that were there. A password's Digest secrets never outlive it.
  // A Store also revokes the user's sessions, from `at` on.
  [[nodiscard]] virtual Result<Change> set_password(std::string_view name, const Secret& hash, const std::vector<DigestSecret>& digests, Instant at) = 0;
  // Of a user whom it disables a Store also revokes the sessions, and drops the authorization codes, approved device requests and
  // refresh tokens: none comes back to life with the user. The access tokens are the caller's to revoke, who knows their issuer.
  [[nodiscard]] virtual Result<Change> set_disabled(std::string_view name, bool disabled, Instant at) = 0;  // already so: nothing changes
  // A Store drops all that set_disabled() ends or drops, too.
  [[nodiscard]] virtual Result<Change> remove_user(std::string_view name) = 0;
  [[nodiscard]] virtual Result<std::vector<UserRecord>> list_users() = 0;  // by name
};

// Where users have signed in from: so that nobody can lock a user out of their own place by guessing elsewhere. Not part of
// version().
class PlaceStore {
 public:
  virtual ~PlaceStore() = default;
  // A sign-in from that network, a text such as "192.0.2.0/24". Of a user's places the latest kMostPlaces stay.
  [[nodiscard]] virtual Result<void> note_place(std::string_view user, std::string_view place, Instant at) = 0;
  // Whether one was noted at `since` or later.
  [[nodiscard]] virtual Result<bool> knows_place(std::string_view user, std::string_view place, Instant since) = 0;
};
inline constexpr std::size_t kMostPlaces = 64;

class KeyStore {
 public:
  virtual ~KeyStore() = default;
  [[nodiscard]] virtual Result<std::optional<KeyRecord>> find_key(std::string_view id) = 0;
  [[nodiscard]] virtual Result<Change> add_key(const KeyRecord& key) = 0;
  // Revoked from `at` on. A key that is revoked already keeps the earlier instant. One whose overlap this ends is revoked, and rotated no more: what
  // replaces it may be what has to go.
  [[nodiscard]] virtual Result<Change> revoke_key(std::string_view id, Instant at) = 0;
  // In one step: adds `next`, marks `id` as rotated to it and revoked from `until` on. NotFound also if `id` is revoked,
  // now or from some instant on: a key is rotated once. Exists if the id of `next` is taken.
  [[nodiscard]] virtual Result<Change> rotate_key(std::string_view id, const KeyRecord& next, Instant until) = 0;
  // Notes a use, to the minute. Backends may batch; a lost note is no error, nor is an unknown id.
  [[nodiscard]] virtual Result<void> touch_key(std::string_view id, Instant at) = 0;
  [[nodiscard]] virtual Result<std::vector<KeyRecord>> list_keys() = 0;  // by creation
};

class RevocationStore {
 public:
  virtual ~RevocationStore() = default;
  [[nodiscard]] virtual Result<void> add_revocation(const Revocation& revocation) = 0;  // same issuer, kind, value: the wider one stays
  [[nodiscard]] virtual Result<std::vector<Revocation>> list_revocations() = 0;
  [[nodiscard]] virtual Result<std::size_t> forget_revocations(Instant now) = 0;  // drops those whose `forget` is past
};

// Sessions are found by the SHA-256 of their cookie's value. One that is revoked never lives again; live means neither
// revoked nor expired.
class SessionStore {
 public:
  virtual ~SessionStore() = default;
  // In one step, at session.created:
  // - adds it. Exists, and nothing else happens, if its digest is taken;
  // - revokes the session whose digest `replaces` is, the one that the browser brought, whoever's it is; "" for none. Threat:
  //   session fixation: what was planted in a browser must not go on beside the sign-in;
  // - revokes the user's other live sessions beyond `most` in all (at least this one), those seen longest ago first, and drops
  //   of those that are over all but the last `most`. Threat: somebody who knows one password signing in without end.
  [[nodiscard]] virtual Result<Change> begin_session(const SessionRecord& session, std::string_view replaces, std::size_t most) = 0;
  [[nodiscard]] virtual Result<std::optional<SessionRecord>> find_session(std::string_view digest) = 0;
  // Notes a use: raises `seen`, and never lowers it. Unknown or revoked: nothing changes. Never waits for a disk. Other
  // processes may see it a second later; a lost note is no error. Each is worth a write: the caller makes them rare.
  [[nodiscard]] virtual Result<void> touch_session(std::string_view digest, Instant at) = 0;
  // Revoked from `at` on; one that is already keeps the earlier instant.
  [[nodiscard]] virtual Result<Change> end_session(std::string_view digest, Instant at) = 0;
  [[nodiscard]] virtual Result<Change> revoke_session(std::string_view id, Instant at) = 0;  // by session_id()
  [[nodiscard]] virtual Result<std::size_t> revoke_sessions_of(std::string_view user, Instant at) = 0;  // how many it ended
  [[nodiscard]] virtual Result<std::vector<SessionRecord>> list_sessions() = 0;  // by creation; those that are over, too
  // Two different numbers mean that a session may have ended in between, by any process: an end counts, and a live one ended by
  // begin_session(); a new one, a touch and forgetting do not. Those of a user who changed are told by
  // version() alone. Apart from version(), since people sign out all the time, and all that is remembered of keys and passwords would go.
  [[nodiscard]] virtual Result<std::uint64_t> session_version() = 0;
  // Drops those with expires <= `expired_before` and those with seen <= `seen_before`; how many. A caller keeps them for a
  // while after their end, so that an expired cookie can be told from one that never was.
  [[nodiscard]] virtual Result<std::size_t> forget_sessions(Instant expired_before, Instant seen_before) = 0;
};

class Store : public UserStore, public PlaceStore, public KeyStore, public RevocationStore, public SessionStore, public NonceStore, public OAuthStore {
 public:
  // As UserLookup's, for users, keys, revocations, clients and signing keys together; sessions have session_version(). touch_key() and what
  // NonceStore does count not, nor does a verb that changed nothing.
  [[nodiscard]] Result<std::uint64_t> version() override = 0;
};

}  // namespace quivive::store
