#pragma once
// Users and their Digest secrets in a store file: the SQL behind SqliteStore's UserStore. Reading is one statement each,
// so that a user and the digests are of one moment. What changes something runs within a transaction of the caller's.

#include "backends/sqlite_connection.h"
#include "store/ports.h"

#include <optional>
#include <string_view>
#include <vector>

namespace quivive::backends::sqlite_users {

[[nodiscard]] Result<std::optional<store::UserRecord>> find(SqliteConnection& connection, std::string_view name);
[[nodiscard]] Result<std::optional<store::UserRecord>> find_by_hash(SqliteConnection& connection, std::string_view user_hash);
[[nodiscard]] Result<std::size_t> count_without_digest(SqliteConnection& connection, std::string_view realm, crypto::HashKind hash);
[[nodiscard]] Result<std::vector<store::UserRecord>> list(SqliteConnection& connection);  // by name
[[nodiscard]] Result<std::vector<Secret>> password_hashes(SqliteConnection& connection);

[[nodiscard]] Result<store::Change> add(SqliteConnection& connection, const store::UserRecord& user);
[[nodiscard]] Result<store::Change> set_password(SqliteConnection& connection, std::string_view name, const Secret& hash,
                                                 const std::vector<store::DigestSecret>& digests, Instant at);
[[nodiscard]] Result<store::Change> set_disabled(SqliteConnection& connection, std::string_view name, bool disabled, Instant at);
[[nodiscard]] Result<store::Change> remove(SqliteConnection& connection, std::string_view name);

[[nodiscard]] Result<void> note_place(SqliteConnection& connection, std::string_view user, std::string_view place, Instant at);
[[nodiscard]] Result<bool> knows_place(SqliteConnection& connection, std::string_view user, std::string_view place, Instant since);
[[nodiscard]] Result<void> forget_places(SqliteConnection& connection, std::string_view user);

}  // namespace quivive::backends::sqlite_users
