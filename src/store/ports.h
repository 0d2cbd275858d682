#pragma once
// Store ports: the atomic things the gateway asks of a database. Calls block, so they run on the worker pool; every
// implementation is safe to call from several threads. An Error means that the store cannot be reached or is damaged, or
// that a record breaks store/record_rules.h; on the request path it becomes verifier-unavailable: never "no such user".

#include "base/result.h"
#include "store/records.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace quivive::store {

// What became of a change to a record that has to exist, or must not.
enum class Change : std::uint8_t { Done, NotFound, Exists };

// Who may sign in: all that checking a password needs. A password file is one, and so is every Store.
class UserLookup {
 public:
  virtual ~UserLookup() = default;
  [[nodiscard]] virtual Result<std::optional<UserRecord>> find_user(std::string_view name) = 0;
  // Two different numbers mean that a user may have changed in between, by any process. Cheap enough to ask several
  // times a second.
  [[nodiscard]] virtual Result<std::uint64_t> version() = 0;
};

class UserStore : public UserLookup {
 public:
  // The user one of whose digests has this user_hash, in lower-case hexadecimal: a Digest client that hides the name sends
  // it in place of the name (RFC 7616 section 3.4.4).
  [[nodiscard]] virtual Result<std::optional<UserRecord>> find_user_by_hash(std::string_view user_hash) = 0;
  [[nodiscard]] virtual Result<Change> add_user(const UserRecord& user) = 0;  // Exists if the name is taken
  // In one step: the hash, and `digests` in place of all that were there. A password's Digest secrets never outlive it.
  [[nodiscard]] virtual Result<Change> set_password(std::string_view name, const Secret& hash, const std::vector<DigestSecret>& digests, Instant at) = 0;
  [[nodiscard]] virtual Result<Change> set_disabled(std::string_view name, bool disabled, Instant at) = 0;  // already so: nothing changes
  [[nodiscard]] virtual Result<Change> remove_user(std::string_view name) = 0;
  [[nodiscard]] virtual Result<std::vector<UserRecord>> list_users() = 0;  // by name
};

class KeyStore {
 public:
  virtual ~KeyStore() = default;
  [[nodiscard]] virtual Result<std::optional<KeyRecord>> find_key(std::string_view id) = 0;
  [[nodiscard]] virtual Result<Change> add_key(const KeyRecord& key) = 0;
  // Revoked from `at` on. A key that is revoked already keeps the earlier instant.
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

class Store : public UserStore, public KeyStore, public RevocationStore {
 public:
  // As UserLookup's, for users, keys and revocations together. touch_key() does not count, nor does a verb that changed
  // nothing.
  [[nodiscard]] Result<std::uint64_t> version() override = 0;
};

}  // namespace quivive::store
