#include "backends/sqlite_refresh.h"

#include "backends/sqlite_rows.h"
#include "store/oauth_rules.h"

namespace quivive::backends::sqlite_refresh {

using store::Change;
using store::Descent;
using store::OAuthStore;
using store::RefreshRecord;

namespace {

#define TOKEN_COLUMNS \
  "digest, family, client, user, password_tag, scopes, signed_in, created, expires, used, access_id, access_expires"

RefreshRecord read_token(const SqliteQuery& row) {
  return {.digest = std::string(row.bytes(0)),
          .family = std::string(row.bytes(1)),
          .client = std::string(row.bytes(2)),
          .user = std::string(row.bytes(3)),
          .password_tag = std::string(row.bytes(4)),
          .scopes = split(row.bytes(5)),
          .signed_in = row.instant(6),
          .created = row.instant(7),
          .expires = row.instant(8),
          .used = row.optional_instant(9),
          .access_id = std::string(row.bytes(10)),
          .access_expires = row.instant(11)};
}

#define DESCENT_COLUMNS "successors, parent, parent_used, overtaken"
struct Token {
  RefreshRecord record;
  std::int64_t successors;
  Descent descent;
};

Token read_with_descent(const SqliteQuery& row) {
  return {.record = read_token(row), .successors = row.number(12),
          .descent = {.parent = std::string(row.bytes(13)), .parent_used = row.instant(14), .overtaken = row.number(15) != 0}};
}

Result<Change> insert(SqliteConnection& connection, const RefreshRecord& token, const Descent& descent) {
  const std::string scopes = join(token.scopes);
  return apply(connection, Change::Exists, "INSERT INTO refresh_tokens (" TOKEN_COLUMNS ", " DESCENT_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0,?,?,?) ON CONFLICT DO NOTHING",
               view(token.digest), view(token.family), view(token.client), view(token.user), view(token.password_tag), view(scopes),
               token.signed_in, token.created, token.expires, token.used, view(token.access_id), token.access_expires,
               view(descent.parent), descent.parent_used, std::int64_t{descent.overtaken});
}

// Those of a query with one parameter.
Result<std::vector<RefreshRecord>> tokens(SqliteConnection& connection, const char* sql, std::string_view name) {
  auto query = connection.query(sql);
  if (!query) return query.error();
  query->bind(name);
  std::vector<RefreshRecord> out;
  for (;;) {
    const auto row = query->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(read_token(*query));
  }
}

// Makes room for one more in the family of what is rotated; no if there is none.
Result<bool> trim_family(SqliteConnection& connection, const RefreshRecord& rotated, Instant at) {
  const std::int64_t most = as_count(store::kMostOfFamily) - 1;
  const auto dropped = changed_by(connection,
                                  "DELETE FROM refresh_tokens WHERE digest IN (SELECT digest FROM refresh_tokens WHERE family = ?1 AND digest <> ?2 AND access_expires <= ?3 "
                                  "ORDER BY used IS NULL, created, digest LIMIT max(0, (SELECT count(*) FROM refresh_tokens WHERE family = ?1) - ?4))",
                                  view(rotated.family), view(rotated.digest), at - store::kLongestLeeway, most);
  if (!dropped) return dropped.error();
  auto query = connection.query("SELECT count(*) <= ?2 FROM refresh_tokens WHERE family = ?1");
  if (!query) return query.error();
  const auto row = query->bind(view(rotated.family)).bind(most).step();
  if (!row) return row.error();
  return query->number(0) != 0;
}

Result<void> trim_families(SqliteConnection& connection, const RefreshRecord& newest) {
  auto query = connection.query("SELECT family FROM refresh_families WHERE user = ? AND client = ? AND family <> ? ORDER BY begun DESC, family DESC LIMIT -1 OFFSET ?");
  if (!query) return query.error();
  query->bind(view(newest.user)).bind(view(newest.client)).bind(view(newest.family)).bind(as_count(store::kMostFamilies - 1));
  std::vector<std::string> families;
  for (;;) {
    const auto row = query->step();
    if (!row) return row.error();
    if (!*row) break;
    families.emplace_back(query->bytes(0));
  }
  for (const std::string& family : families) {
    if (const auto dropped = drop_family(connection, family); !dropped) return dropped.error();
  }
  return {};
}

}  // namespace

Result<std::optional<RefreshRecord>> find(SqliteConnection& connection, std::string_view digest) {
  return read_one(connection, "SELECT " TOKEN_COLUMNS " FROM refresh_tokens WHERE digest = ?", digest, read_token);
}

Result<Change> add(SqliteConnection& connection, const RefreshRecord& token) {
  const auto known = find(connection, token.digest);
  if (!known) return known.error();
  if (*known) return Change::Exists;
  const auto begun = apply(connection, Change::Exists, "INSERT INTO refresh_families (family, user, client, begun) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
                           view(token.family), view(token.user), view(token.client), token.created);
  if (!begun || *begun != Change::Done) return begun;
  if (const auto added = insert(connection, token, {}); !added) return added;
  if (const auto trimmed = trim_families(connection, token); !trimmed) return trimmed.error();
  return Change::Done;
}

Result<OAuthStore::Rotation> rotate(SqliteConnection& connection, std::string_view digest, const RefreshRecord& next, Duration grace) {
  const auto found = read_one(connection, "SELECT " TOKEN_COLUMNS ", " DESCENT_COLUMNS " FROM refresh_tokens WHERE digest = ?", digest, read_with_descent);
  if (!found) return found.error();
  if (!*found) return OAuthStore::Rotation::Unknown;
  const RefreshRecord& token = (*found)->record;
  const Descent& descent = (*found)->descent;
  if (const auto ok = store::check_successor(token, next); !ok) return ok.error();
  const auto known = find(connection, next.digest);
  if (!known) return known.error();
  if (*known) return error("the digest of a new refresh token is taken");
  const bool late = token.used ? next.created - *token.used > grace || (*found)->successors >= as_count(store::kMostSuccessors) : descent.overtaken;
  if (late) return OAuthStore::Rotation::Reused;

  const auto room = trim_family(connection, token, next.created);
  if (!room) return room.error();
  if (!*room) return OAuthStore::Rotation::TooOften;
  if (!token.used && !descent.parent.empty() && goes_on(token, descent, next.created, grace)) {
    const auto overtaken = changed_by(connection, "UPDATE refresh_tokens SET overtaken = 1 WHERE parent = ? AND digest <> ?", view(descent.parent), digest);
    if (!overtaken) return overtaken.error();
  }
  const auto used = changed_by(connection, "UPDATE refresh_tokens SET used = ifnull(used, ?), successors = successors + 1 WHERE digest = ?", next.created, digest);
  if (!used) return used.error();
  if (const auto added = insert(connection, next, next_descent(token, descent, next.created, grace)); !added) return added.error();
  return OAuthStore::Rotation::Rotated;
}

Result<std::vector<RefreshRecord>> drop_family(SqliteConnection& connection, std::string_view family) {
  auto dropped = tokens(connection, "SELECT " TOKEN_COLUMNS " FROM refresh_tokens WHERE family = ?", family);
  if (!dropped) return dropped;
  if (const auto ok = changed_by(connection, "DELETE FROM refresh_tokens WHERE family = ?", family); !ok) return ok.error();
  if (const auto ok = changed_by(connection, "DELETE FROM refresh_families WHERE family = ?", family); !ok) return ok.error();
  return dropped;
}

#define OF_CLIENT " FROM refresh_tokens WHERE family IN (SELECT family FROM refresh_families WHERE client = ?)"
Result<std::vector<RefreshRecord>> drop_all_of_client(SqliteConnection& connection, std::string_view client) {
  auto dropped = tokens(connection, "SELECT " TOKEN_COLUMNS OF_CLIENT, client);
  if (!dropped) return dropped;
  if (const auto ok = changed_by(connection, "DELETE" OF_CLIENT, client); !ok) return ok.error();
  if (const auto ok = changed_by(connection, "DELETE FROM refresh_families WHERE client = ?", client); !ok) return ok.error();
  return dropped;
}

Result<void> remove_all_of(SqliteConnection& connection, std::string_view user) {
  const auto dropped = changed_by(connection, "DELETE FROM refresh_tokens WHERE family IN (SELECT family FROM refresh_families WHERE user = ?)", user);
  if (!dropped) return dropped.error();
  const auto families = changed_by(connection, "DELETE FROM refresh_families WHERE user = ?", user);
  return families ? Result<void>{} : Result<void>{families.error()};
}

Result<std::size_t> forget(SqliteConnection& connection, Instant expired_before) {
  // First the families of which nothing will be left, while it can be told by the tokens which they are.
  const auto families = changed_by(connection,
                                   "DELETE FROM refresh_families WHERE family IN (SELECT family FROM refresh_tokens WHERE expires <= ?1) AND NOT EXISTS "
                                   "(SELECT 1 FROM refresh_tokens AS other WHERE other.family = refresh_families.family AND other.expires > ?1)",
                                   expired_before);
  if (!families) return families;
  return changed_by(connection, "DELETE FROM refresh_tokens WHERE expires <= ?", expired_before);
}

}  // namespace quivive::backends::sqlite_refresh
