#include "backends/sqlite_users.h"

#include "backends/sqlite_rows.h"

namespace quivive::backends::sqlite_users {

using crypto::HashKind;
using store::Change;
using store::DigestSecret;
using store::UserRecord;

namespace {

#define USER_ROWS                                                                                                                   \
  "SELECT u.name, u.password_hash, u.roles, u.disabled, u.created, u.changed, d.realm, d.hash, d.secret, d.user_hash "             \
  "FROM users u LEFT JOIN digests d ON d.user = u.name "

// As the file has them, whatever becomes of the enumerators; in alphabetical order as in HashKind's.
std::string_view hash_name(HashKind hash) {
  if (hash == HashKind::Md5) return "MD5";
  return hash == HashKind::Sha256 ? "SHA-256" : "SHA-512-256";  // check_digests() let no other pass
}

HashKind hash_named(std::string_view name) {
  if (name == "MD5") return HashKind::Md5;
  return name == "SHA-256" ? HashKind::Sha256 : HashKind::Sha512_256;  // the table's CHECK
}

UserRecord read_user(const SqliteQuery& row) {
  return {.name = std::string(row.bytes(0)),
          .password_hash = Secret{std::string(row.bytes(1))},
          .digests = {},
          .roles = split(row.bytes(2)),
          .disabled = row.number(3) != 0,
          .created = row.instant(4),
          .changed = row.instant(5)};
}

DigestSecret read_digest(const SqliteQuery& row) {
  return {.realm = std::string(row.bytes(6)),
          .hash = hash_named(row.bytes(7)),
          .secret = Secret{std::string(row.bytes(8))},
          .user_hash = std::string(row.bytes(9))};
}

// USER_ROWS, the rows of one user side by side.
Result<std::vector<UserRecord>> read_users(SqliteQuery& query) {
  std::vector<UserRecord> out;
  for (;;) {
    const auto row = query.step();
    if (!row) return row.error();
    if (!*row) return out;
    if (out.empty() || out.back().name != query.bytes(0)) out.push_back(read_user(query));
    const bool has_digest = !query.bytes(7).empty();  // NULL where the join found none
    if (has_digest) out.back().digests.push_back(read_digest(query));
  }
}

Result<std::optional<UserRecord>> read_user_by(SqliteConnection& connection, const char* sql, std::string_view value) {
  auto query = connection.query(sql);
  if (!query) return query.error();
  auto users = read_users(query->bind(value));
  if (!users) return users.error();
  if (users->empty()) return std::optional<UserRecord>{};
  return std::optional<UserRecord>{std::move(users->front())};
}

Result<void> remove_digests(SqliteConnection& connection, std::string_view name) {
  const auto done = apply(connection, Change::NotFound, "DELETE FROM digests WHERE user = ?", name);
  return done ? Result<void>{} : Result<void>{done.error()};
}

// In place of all that are there. A new user may have some, too, where something else than quivive removed the old one.
Result<void> replace_digests(SqliteConnection& connection, std::string_view name, const std::vector<DigestSecret>& digests) {
  if (const auto ok = remove_digests(connection, name); !ok) return ok;
  for (const DigestSecret& digest : digests) {
    const auto done = apply(connection, Change::Exists, "INSERT INTO digests (user, realm, hash, secret, user_hash) VALUES (?,?,CAST(? AS TEXT),?,?)",
                            name, std::string_view(digest.realm), hash_name(digest.hash), digest.secret.reveal(RevealSecret{}),
                            std::string_view(digest.user_hash));
    if (!done) return done.error();
  }
  return {};
}

}  // namespace

Result<std::optional<UserRecord>> find(SqliteConnection& connection, std::string_view name) {
  return read_user_by(connection, USER_ROWS "WHERE u.name = ? ORDER BY d.realm, d.hash", name);
}

Result<std::optional<UserRecord>> find_by_hash(SqliteConnection& connection, std::string_view user_hash) {
  return read_user_by(connection, USER_ROWS "WHERE u.name = (SELECT user FROM digests WHERE user_hash = ? ORDER BY user LIMIT 1) ORDER BY d.realm, d.hash",
                      user_hash);
}

Result<std::size_t> count_without_digest(SqliteConnection& connection, std::string_view realm, HashKind hash) {
  auto query = connection.query("SELECT count(*) FROM users u WHERE EXISTS (SELECT 1 FROM digests d WHERE d.user = u.name) "
                                "AND NOT EXISTS (SELECT 1 FROM digests d WHERE d.user = u.name AND d.realm = ? AND d.hash = CAST(? AS TEXT))");
  if (!query) return query.error();
  const auto row = query->bind(realm).bind(hash_name(hash)).step();
  if (!row) return row.error();
  return static_cast<std::size_t>(query->number(0));
}

Result<std::vector<UserRecord>> list(SqliteConnection& connection) {
  auto query = connection.query(USER_ROWS "ORDER BY u.name, d.realm, d.hash");
  if (!query) return query.error();
  return read_users(*query);
}

Result<Change> add(SqliteConnection& connection, const UserRecord& user) {
  const std::string roles = join(user.roles);
  const auto added = apply(connection, Change::Exists,
                           "INSERT INTO users (name, password_hash, roles, disabled, created, changed) VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                           std::string_view(user.name), user.password_hash.reveal(RevealSecret{}), std::string_view(roles),
                           std::int64_t{user.disabled}, user.created, user.changed);
  if (!added || *added != Change::Done) return added;
  if (const auto ok = replace_digests(connection, user.name, user.digests); !ok) return ok.error();
  return Change::Done;
}

Result<Change> set_password(SqliteConnection& connection, std::string_view name, const Secret& hash,
                            const std::vector<DigestSecret>& digests, Instant at) {
  const auto changed = apply(connection, Change::NotFound, "UPDATE users SET password_hash = ?, changed = ? WHERE name = ?",
                             hash.reveal(RevealSecret{}), at, name);
  if (!changed || *changed != Change::Done) return changed;
  if (const auto ok = replace_digests(connection, name, digests); !ok) return ok.error();
  return Change::Done;
}

Result<Change> set_disabled(SqliteConnection& connection, std::string_view name, bool disabled, Instant at) {
  const auto user = find(connection, name);
  if (!user) return user.error();
  if (!*user) return Change::NotFound;
  if ((*user)->disabled == disabled) return Change::Done;
  return apply(connection, Change::NotFound, "UPDATE users SET disabled = ?, changed = ? WHERE name = ?", std::int64_t{disabled}, at, name);
}

Result<Change> remove(SqliteConnection& connection, std::string_view name) {
  // Said here: SQLite cascades only where each connection asks for it.
  if (const auto ok = remove_digests(connection, name); !ok) return ok.error();
  return apply(connection, Change::NotFound, "DELETE FROM users WHERE name = ?", name);
}

Result<std::vector<Secret>> password_hashes(SqliteConnection& connection) {
  return read_all<Secret>(connection, "SELECT password_hash FROM users", [](const SqliteQuery& row) { return Secret{std::string(row.bytes(0))}; });
}

Result<void> note_place(SqliteConnection& connection, std::string_view user, std::string_view place, Instant at) {
  const auto noted = apply(connection, Change::Done,
                           "INSERT INTO places (user, place, seen) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen = max(seen, excluded.seen)", user, place, at);
  if (!noted) return noted.error();
  static_assert(store::kMostPlaces == 64);  // in the statement
  const auto bounded = apply(connection, Change::Done,
                             "DELETE FROM places WHERE user = ?1 AND place IN (SELECT place FROM places WHERE user = ?1 ORDER BY seen DESC LIMIT -1 OFFSET 64)", user);
  if (!bounded) return bounded.error();
  return {};
}

Result<bool> knows_place(SqliteConnection& connection, std::string_view user, std::string_view place, Instant since) {
  auto query = connection.query("SELECT 1 FROM places WHERE user = ? AND place = ? AND seen >= ?");
  if (!query) return query.error();
  const auto row = query->bind(user).bind(place).bind(since).step();
  if (!row) return row.error();
  return *row;
}

Result<void> forget_places(SqliteConnection& connection, std::string_view user) {
  const auto done = apply(connection, Change::Done, "DELETE FROM places WHERE user = ?", user);
  if (!done) return done.error();
  return {};
}

}  // namespace quivive::backends::sqlite_users
