#pragma once
// Refresh tokens and their families in a store file: the SQL behind SqliteStore's OAuthStore. What changes something runs within a
// transaction of the caller's. What is `dropped` is handed back, for the caller to revoke its access tokens.

#include "backends/sqlite_connection.h"
#include "store/ports.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace quivive::backends::sqlite_refresh {

[[nodiscard]] Result<std::optional<store::RefreshRecord>> find(SqliteConnection& connection, std::string_view digest);
// That the client is not revoked and the family not ended, the caller has seen.
[[nodiscard]] Result<store::Change> add(SqliteConnection& connection, const store::RefreshRecord& token);
// Reused, TooOften: the family is the caller's to end.
[[nodiscard]] Result<store::OAuthStore::Rotation> rotate(SqliteConnection& connection, std::string_view digest, const store::RefreshRecord& next,
                                                         Duration grace);
[[nodiscard]] Result<std::vector<store::RefreshRecord>> drop_family(SqliteConnection& connection, std::string_view family);
[[nodiscard]] Result<std::vector<store::RefreshRecord>> drop_all_of_client(SqliteConnection& connection, std::string_view client);
[[nodiscard]] Result<void> remove_all_of(SqliteConnection& connection, std::string_view user);
[[nodiscard]] Result<std::size_t> forget(SqliteConnection& connection, Instant expired_before);

}  // namespace quivive::backends::sqlite_refresh
