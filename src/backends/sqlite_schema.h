#pragma once
// The tables of a store file, and how a file gets them.

#include "backends/sqlite_connection.h"

#include <string>

namespace quivive::backends {

inline constexpr std::int64_t kSqliteSchemaVersion = 7;              // PRAGMA user_version
inline constexpr std::int64_t kSqliteApplicationId = 0x51766976;     // PRAGMA application_id: "Qviv"

// Whether prepare_sqlite_file() would take the file: not another program's, nor of a newer schema.
[[nodiscard]] Result<void> check_sqlite_file(SqliteConnection& connection, const std::string& path);

// Brings an empty or older file to kSqliteSchemaVersion, each step in one transaction, and switches it to WAL. Safe while
// other processes do the same. Refuses files of other programs before changing anything, files of a newer schema, and
// damaged ones (PRAGMA quick_check).
[[nodiscard]] Result<void> prepare_sqlite_file(SqliteConnection& connection, const std::string& path);

// What to say of a file that identify_private_file() refused as `unsafe`: nobody is to make another program's file private for our sake.
[[nodiscard]] Error more_than_unsafe(const std::string& path, Error unsafe);

}  // namespace quivive::backends
