#include "backends/sqlite_sessions.h"

#include "backends/sqlite_rows.h"
#include "store/record_rules.h"

#include <algorithm>

namespace quivive::backends::sqlite_sessions {

using store::Change;
using store::SessionRecord;

namespace {

#define SESSION_COLUMNS "digest, user, password_tag, client, created, seen, expires, revoked"
// The earlier instant stays.
#define END_WHERE "UPDATE sessions SET revoked = ? WHERE ifnull(revoked, 9223372036854775807) > ? AND "

SessionRecord read_session(const SqliteQuery& row) {
  return {.digest = std::string(row.bytes(0)),
          .user = std::string(row.bytes(1)),
          .password_tag = std::string(row.bytes(2)),
          .client = std::string(row.bytes(3)),
          .created = row.instant(4),
          .seen = row.instant(5),
          .expires = row.instant(6),
          .revoked = row.optional_instant(7)};
}

// Those with first <= digest <= last.
Result<Change> end_between(SqliteConnection& connection, std::string_view first, std::string_view last, Instant at) {
  auto query = connection.query("SELECT 1 FROM sessions WHERE digest BETWEEN ? AND ?");
  if (!query) return query.error();
  const auto row = query->bind(first).bind(last).step();
  if (!row) return row.error();
  if (!*row) return Change::NotFound;
  const auto ended = changed_by(connection, END_WHERE "digest BETWEEN ? AND ?", at, at, first, last);
  if (!ended) return ended.error();
  return Change::Done;
}

}  // namespace

Result<std::optional<SessionRecord>> find(SqliteConnection& connection, std::string_view digest) {
  return read_one(connection, "SELECT " SESSION_COLUMNS " FROM sessions WHERE digest = ?", digest, read_session);
}

Result<std::vector<SessionRecord>> list(SqliteConnection& connection) {
  return read_all(connection, "SELECT " SESSION_COLUMNS " FROM sessions ORDER BY created, digest", read_session);
}

Result<Change> begin(SqliteConnection& connection, const SessionRecord& session, std::string_view replaces, std::size_t most, bool& ended) {
  const std::string_view digest = session.digest, user = session.user;
  const Instant now = session.created;
  const auto added = apply(connection, Change::Exists, "INSERT INTO sessions (" SESSION_COLUMNS ") VALUES (?,?,?,?,?,?,?,NULL) ON CONFLICT DO NOTHING",
                           digest, user, std::string_view(session.password_tag), std::string_view(session.client), session.created,
                           session.seen, session.expires);
  if (!added || *added != Change::Done) return added;
  const auto replaced = changed_by(connection, END_WHERE "digest = ? AND digest <> ?", now, now, replaces, digest);
  if (!replaced) return replaced.error();
  const auto too_many = changed_by(connection,
                                   "UPDATE sessions SET revoked = ? WHERE digest IN (SELECT digest FROM sessions WHERE user = ? AND digest <> ? AND revoked IS NULL "
                                   "AND expires > ? ORDER BY seen DESC, created DESC, digest DESC LIMIT -1 OFFSET ?)",
                                   now, user, digest, now, as_count(std::max<std::size_t>(most, 1) - 1));
  if (!too_many) return too_many.error();
  const auto over = changed_by(connection,
                               "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE user = ? AND digest <> ? AND (revoked IS NOT NULL "
                               "OR expires <= ?) ORDER BY min(ifnull(revoked, expires), expires) DESC, created DESC, digest DESC LIMIT -1 OFFSET ?)",
                               user, digest, now, as_count(most));
  if (!over) return over.error();
  ended = *replaced > 0 || *too_many > 0;
  return Change::Done;
}

Result<Change> end(SqliteConnection& connection, std::string_view digest, Instant at) { return end_between(connection, digest, digest, at); }

Result<Change> end_by_id(SqliteConnection& connection, std::string_view id, Instant at) {
  const auto first = store::octets_of_session_id(id);
  if (!first) return Change::NotFound;
  return end_between(connection, *first, *first + std::string(32 - first->size(), '\xff'), at);
}

Result<std::size_t> end_all_of(SqliteConnection& connection, std::string_view user, Instant at) {
  return changed_by(connection, END_WHERE "user = ?", at, at, user);
}

Result<void> remove_all_of(SqliteConnection& connection, std::string_view user) {
  const auto removed = changed_by(connection, "DELETE FROM sessions WHERE user = ?", user);
  return removed ? Result<void>{} : Result<void>{removed.error()};
}

Result<std::size_t> forget(SqliteConnection& connection, Instant expired_before, Instant seen_before) {
  return changed_by(connection, "DELETE FROM sessions WHERE expires <= ? OR seen <= ?", expired_before, seen_before);
}

Result<void> touch(SqliteConnection& connection, std::string_view digest, Instant at) {
  const auto touched = changed_by(connection, "UPDATE sessions SET seen = ? WHERE digest = ? AND seen < ? AND revoked IS NULL", at, digest, at);
  return touched ? Result<void>{} : Result<void>{touched.error()};
}

}  // namespace quivive::backends::sqlite_sessions
