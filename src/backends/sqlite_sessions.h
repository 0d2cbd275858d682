#pragma once
// Sessions in a store file: the SQL behind SqliteStore's SessionStore. What changes something runs within a transaction of
// the caller's. Whether a change counts for session_version(): those of `end…` do where a row changed, begin() says it.

#include "backends/sqlite_connection.h"
#include "store/ports.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace quivive::backends::sqlite_sessions {

[[nodiscard]] Result<std::optional<store::SessionRecord>> find(SqliteConnection& connection, std::string_view digest);
[[nodiscard]] Result<std::vector<store::SessionRecord>> list(SqliteConnection& connection);  // by creation

// Sets `ended` if a session ended that was not over before.
[[nodiscard]] Result<store::Change> begin(SqliteConnection& connection, const store::SessionRecord& session, std::string_view replaces,
                                          std::size_t most, bool& ended);
[[nodiscard]] Result<store::Change> end(SqliteConnection& connection, std::string_view digest, Instant at);
[[nodiscard]] Result<store::Change> end_by_id(SqliteConnection& connection, std::string_view id, Instant at);
[[nodiscard]] Result<std::size_t> end_all_of(SqliteConnection& connection, std::string_view user, Instant at);
[[nodiscard]] Result<void> remove_all_of(SqliteConnection& connection, std::string_view user);
[[nodiscard]] Result<std::size_t> forget(SqliteConnection& connection, Instant expired_before, Instant seen_before);
[[nodiscard]] Result<void> touch(SqliteConnection& connection, std::string_view digest, Instant at);

}  // namespace quivive::backends::sqlite_sessions
