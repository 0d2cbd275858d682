#pragma once
// Revocations in a store file: the SQL behind SqliteStore's RevocationStore. What changes something runs within a transaction of
// the caller's.

#include "backends/sqlite_connection.h"
#include "store/ports.h"

#include <cstddef>
#include <vector>

namespace quivive::backends::sqlite_revocations {

[[nodiscard]] Result<void> add(SqliteConnection& connection, const store::Revocation& revocation);  // the wider one stays
[[nodiscard]] Result<std::vector<store::Revocation>> list(SqliteConnection& connection);
[[nodiscard]] Result<std::size_t> forget(SqliteConnection& connection, Instant now);

}  // namespace quivive::backends::sqlite_revocations
