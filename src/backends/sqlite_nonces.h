#pragma once
// Shared nonces in a store file: the SQL behind SqliteStore's NonceStore. What changes something runs within a transaction of the
// caller's.

#include "backends/sqlite_connection.h"
#include "store/nonce_ports.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quivive::backends::sqlite_nonces {

[[nodiscard]] Result<Secret> master(SqliteConnection& connection, const Secret& proposal, Instant now);
[[nodiscard]] Result<CountClaim> claim(SqliteConnection& connection, std::string_view nonce, Instant issued, std::uint32_t count);
// Up to when forget() is to go, so that the newest `most` stay. Looks at that many rows: needs no transaction.
[[nodiscard]] Result<Instant> forget_until(SqliteConnection& connection, Instant issued_before, std::size_t most);
// Drops the oldest of those, some thousands. How many: 0 means that none are left to drop.
[[nodiscard]] Result<std::size_t> forget_some(SqliteConnection& connection, Instant until);

}  // namespace quivive::backends::sqlite_nonces
