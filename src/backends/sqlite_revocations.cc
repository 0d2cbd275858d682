#include "backends/sqlite_revocations.h"

#include "backends/sqlite_rows.h"
#include "store/record_rules.h"

namespace quivive::backends::sqlite_revocations {

using store::Change;
using store::Revocation;
using store::RevocationKind;

namespace {

#define REVOCATION_COLUMNS "issuer, kind, value, cutoff, created, forget"

Revocation read_revocation(const SqliteQuery& row) {
  return {.issuer = std::string(row.bytes(0)),
          .kind = static_cast<RevocationKind>(row.number(1)),  // 0 to 2: the table's CHECK
          .value = std::string(row.bytes(2)),
          .cutoff = row.instant(3),
          .created = row.instant(4),
          .forget = row.optional_instant(5)};
}

}  // namespace

Result<void> add(SqliteConnection& connection, const Revocation& revocation) {
  const auto kind = static_cast<std::int64_t>(revocation.kind);
  auto query = connection.query("SELECT " REVOCATION_COLUMNS " FROM revocations WHERE issuer = ? AND kind = ? AND value = ?");
  if (!query) return query.error();
  const auto row = query->bind(std::string_view(revocation.issuer)).bind(kind).bind(std::string_view(revocation.value)).step();
  if (!row) return row.error();
  Revocation widest = revocation;
  if (*row) {
    const Revocation known = read_revocation(*query);
    widest = store::wider(known, revocation);
    if (widest == known) return {};
  }
  const auto done = apply(connection, Change::Exists, "INSERT OR REPLACE INTO revocations (" REVOCATION_COLUMNS ") VALUES (?,?,?,?,?,?)",
                          std::string_view(widest.issuer), kind, std::string_view(widest.value), widest.cutoff, widest.created, widest.forget);
  return done ? Result<void>{} : Result<void>{done.error()};
}

Result<std::vector<Revocation>> list(SqliteConnection& connection) {
  return read_all(connection, "SELECT " REVOCATION_COLUMNS " FROM revocations ORDER BY issuer, kind, value", read_revocation);
}

Result<std::size_t> forget(SqliteConnection& connection, Instant now) {
  return changed_by(connection, "DELETE FROM revocations WHERE forget <= ?", now);
}

}  // namespace quivive::backends::sqlite_revocations
