#include "backends/sqlite_schema.h"

#include "base/text.h"

#include <array>

namespace quivive::backends {
namespace {

// migrations[n] brings schema n to n + 1. A released step is never edited: files in the field went through it.
// Instants are milliseconds since the epoch; lists of scopes and roles are joined by a space (store/record_rules.h).
constexpr std::array<const char*, kSqliteSchemaVersion> kMigrations = {
    R"(CREATE TABLE state (
         one INTEGER PRIMARY KEY CHECK (one = 1),
         changes INTEGER NOT NULL            -- raised by every change but notes of a key's use
       ) STRICT;
       INSERT INTO state VALUES (1, 1);
       CREATE TABLE users (
         name BLOB PRIMARY KEY,
         password_hash BLOB NOT NULL,
         roles BLOB NOT NULL,
         disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
         created INTEGER NOT NULL,
         changed INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE keys (
         id BLOB PRIMARY KEY,
         digest BLOB NOT NULL CHECK (length(digest) = 32),
         owner BLOB NOT NULL,
         scopes BLOB NOT NULL,
         note BLOB NOT NULL,
         created INTEGER NOT NULL,
         expires INTEGER,
         revoked INTEGER,
         rotated_to BLOB NOT NULL,
         last_used INTEGER
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE revocations (
         issuer BLOB NOT NULL,
         kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),  -- store::RevocationKind
         value BLOB NOT NULL,
         cutoff INTEGER NOT NULL,
         created INTEGER NOT NULL,
         forget INTEGER,
         PRIMARY KEY (issuer, kind, value)
       ) STRICT, WITHOUT ROWID;)",
    R"(CREATE TABLE digests (                -- store::DigestSecret
         user BLOB NOT NULL,                 -- users.name
         realm BLOB NOT NULL,
         hash TEXT NOT NULL CHECK (hash IN ('MD5', 'SHA-256', 'SHA-512-256')),
         secret BLOB NOT NULL,
         user_hash BLOB NOT NULL,
         PRIMARY KEY (user, realm, hash)
       ) STRICT, WITHOUT ROWID;
       CREATE INDEX digests_by_user_hash ON digests (user_hash);)",
    R"(ALTER TABLE state ADD COLUMN session_changes INTEGER NOT NULL DEFAULT 1;  -- raised when a session ends
       CREATE TABLE sessions (               -- store::SessionRecord
         digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
         user BLOB NOT NULL,
         password_tag BLOB NOT NULL,
         client BLOB NOT NULL,
         created INTEGER NOT NULL,
         seen INTEGER NOT NULL,
         expires INTEGER NOT NULL,
         revoked INTEGER
       ) STRICT, WITHOUT ROWID;
       CREATE INDEX sessions_by_user ON sessions (user);
       CREATE TABLE places (                 -- where users have signed in from
         user BLOB NOT NULL,
         place BLOB NOT NULL,                -- a network, as text
         seen INTEGER NOT NULL,
         PRIMARY KEY (user, place)
       ) STRICT, WITHOUT ROWID;)",
    R"(CREATE TABLE clients (                -- store::ClientRecord
         id BLOB PRIMARY KEY,
         name BLOB NOT NULL,
         proof INTEGER NOT NULL CHECK (proof IN (0, 1, 2)),  -- store::ClientProof
         secret_digest BLOB NOT NULL CHECK (length(secret_digest) = iif(proof = 0, 32, 0)),
         jwks BLOB NOT NULL,
         grants BLOB NOT NULL,
         redirect_uris BLOB NOT NULL,        -- joined by a space
         scopes BLOB NOT NULL,
         created INTEGER NOT NULL,
         revoked INTEGER
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE codes (                  -- store::CodeRecord
         digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
         client BLOB NOT NULL,
         redirect_uri BLOB NOT NULL,
         challenge BLOB NOT NULL,
         user BLOB NOT NULL,
         password_tag BLOB NOT NULL,
         scopes BLOB NOT NULL,
         nonce BLOB NOT NULL,
         signed_in INTEGER NOT NULL,
         created INTEGER NOT NULL,
         expires INTEGER NOT NULL,
         family BLOB NOT NULL,
         used INTEGER NOT NULL CHECK (used IN (0, 1)),
         ended INTEGER NOT NULL CHECK (ended IN (0, 1))   -- its family was
       ) STRICT, WITHOUT ROWID;
       CREATE INDEX codes_by_user ON codes (user, client, created);
       CREATE INDEX codes_by_family ON codes (family);
       CREATE TABLE devices (                -- store::DeviceRecord
         digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
         user_code BLOB NOT NULL UNIQUE,
         client BLOB NOT NULL,
         scopes BLOB NOT NULL,
         state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),  -- store::DeviceState
         user BLOB NOT NULL,
         password_tag BLOB NOT NULL,
         signed_in INTEGER NOT NULL,
         created INTEGER NOT NULL,
         expires INTEGER NOT NULL,
         polled INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID;
       CREATE TABLE refresh_families (       -- what a user let a client do; its tokens are in refresh_tokens
         family BLOB PRIMARY KEY,
         user BLOB NOT NULL,
         client BLOB NOT NULL,
         begun INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID;
       CREATE INDEX refresh_families_by_user ON refresh_families (user, client, begun);
       CREATE INDEX refresh_families_by_client ON refresh_families (client);
       CREATE TABLE refresh_tokens (         -- store::RefreshRecord
         digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
         family BLOB NOT NULL,               -- refresh_families.family
         client BLOB NOT NULL,
         user BLOB NOT NULL,
         password_tag BLOB NOT NULL,
         scopes BLOB NOT NULL,
         signed_in INTEGER NOT NULL,
         created INTEGER NOT NULL,
         expires INTEGER NOT NULL,
         used INTEGER,
         access_id BLOB NOT NULL,
         access_expires INTEGER NOT NULL,
         successors INTEGER NOT NULL         -- how many came of it
       ) STRICT, WITHOUT ROWID;
       CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
       CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires);
       CREATE TABLE claimed (                -- identifiers that were used
         id BLOB PRIMARY KEY,
         expires INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID;
       CREATE INDEX claimed_by_expiry ON claimed (expires);
       CREATE TABLE signing_keys (           -- store::SigningKeyRecord
         number INTEGER PRIMARY KEY,         -- in the order in which they were added
         kid BLOB NOT NULL UNIQUE,
         algorithm BLOB NOT NULL,
         private_key BLOB NOT NULL,
         created INTEGER NOT NULL,
         active INTEGER NOT NULL
       ) STRICT;)",
    R"(CREATE TABLE nonces (                 -- of gateways that share them
         one INTEGER PRIMARY KEY CHECK (one = 1),
         master BLOB CHECK (length(master) = 32),
         forgotten INTEGER NOT NULL          -- issued until then: not in nonce_counts any more
       ) STRICT;
       INSERT INTO nonces VALUES (1, NULL, -9223372036854775808);
       CREATE TABLE nonce_counts (           -- a CountWindow each
         id BLOB PRIMARY KEY,
         issued INTEGER NOT NULL,
         highest INTEGER NOT NULL,
         used INTEGER NOT NULL
       ) STRICT, WITHOUT ROWID;
       CREATE INDEX nonce_counts_by_age ON nonce_counts (issued);)",
    R"(ALTER TABLE refresh_tokens ADD COLUMN parent BLOB NOT NULL DEFAULT x'';     -- store::Descent
       ALTER TABLE refresh_tokens ADD COLUMN parent_used INTEGER NOT NULL DEFAULT 0;
       ALTER TABLE refresh_tokens ADD COLUMN overtaken INTEGER NOT NULL DEFAULT 0 CHECK (overtaken IN (0, 1));
       CREATE INDEX refresh_tokens_by_parent ON refresh_tokens (parent);)",
    R"(ALTER TABLE claimed ADD COLUMN claimant BLOB NOT NULL DEFAULT x'';          -- who used it
       CREATE INDEX claimed_by_claimant ON claimed (claimant, expires);)"};

// Neither ours nor empty. To be asked within a transaction.
Result<bool> is_of_another_program(SqliteConnection& connection) {
  const auto application = connection.number("PRAGMA application_id");
  if (!application) return application.error();
  if (*application == kSqliteApplicationId) return false;
  const auto version = connection.number("PRAGMA user_version");
  if (!version) return version.error();
  const auto tables = connection.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  return *application != 0 || *version != 0 || *tables != 0;
}

Error another_program(const std::string& path) {
  return error("{} is the database of another program: name another file as the store", printable(path));
}

// The schema of a file that is ours or empty; what is wrong with any other. To be asked within a transaction.
Result<std::int64_t> schema_version(SqliteConnection& connection, const std::string& path) {
  const auto anothers = is_of_another_program(connection);
  if (!anothers) return anothers.error();
  if (*anothers) return another_program(path);
  const auto version = connection.number("PRAGMA user_version");
  if (!version) return version.error();
  if (*version < 0 || *version > kSqliteSchemaVersion) {
    return error("{} was made by a newer quivive (schema {}, this one knows {}): upgrade quivive", printable(path), *version,
                 kSqliteSchemaVersion);
  }
  return *version;
}

// The same outside of a transaction. One transaction is one snapshot: read apart, the application id of an empty file
// and the tables that another process has just made in it look like a database of somebody else.
Result<std::int64_t> schema_version_now(SqliteConnection& connection, const std::string& path) {
  if (const auto ok = connection.execute("BEGIN"); !ok) return ok.error();
  auto version = schema_version(connection, path);
  const auto ended = connection.execute("ROLLBACK");  // nothing was written
  if (version && !ended) return ended.error();
  return version;
}

// Within a transaction: asks again, because another process may have been faster.
Result<void> migrate(SqliteConnection& connection, const std::string& path) {
  const auto from = schema_version(connection, path);
  if (!from) return from.error();
  for (auto step = static_cast<std::size_t>(*from); step < kMigrations.size(); ++step) {
    if (const auto ok = connection.execute(kMigrations[step]); !ok) return ok.error();
  }
  const std::string marks = fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", kSqliteSchemaVersion, kSqliteApplicationId);
  return connection.execute(marks.c_str());
}

Result<void> check_pages(SqliteConnection& connection, const std::string& path) {
  auto check = connection.query("PRAGMA quick_check(1)");
  if (!check) return check.error();
  const auto row = check->step();
  if (!row) return row.error();
  if (*row && check->bytes(0) != "ok") {
    return error("{} is damaged ({}): restore a backup, or salvage it with sqlite3's .recover", printable(path), printable(check->bytes(0)));
  }
  return {};
}

}  // namespace

Result<void> check_sqlite_file(SqliteConnection& connection, const std::string& path) {
  const auto version = schema_version_now(connection, path);
  if (!version) return version.error();
  return {};
}

Result<void> prepare_sqlite_file(SqliteConnection& connection, const std::string& path) {
  const auto version = schema_version_now(connection, path);
  if (!version) return version.error();
  if (const auto ok = check_pages(connection, path); !ok) return ok;
  if (*version < kSqliteSchemaVersion) {
    if (const auto ok = connection.execute("BEGIN IMMEDIATE"); !ok) return ok;
    auto done = migrate(connection, path);
    if (done) done = connection.execute("COMMIT");
    if (!done) {
      (void)connection.execute("ROLLBACK");  // what failed is the news
      return done;
    }
  }
  return connection.use_write_ahead_log();
}

Error more_than_unsafe(const std::string& path, Error unsafe) {
  auto connection = SqliteConnection::open(path, std::chrono::milliseconds{0}, true);
  if (!connection || !connection->execute("BEGIN")) return unsafe;
  const auto anothers = is_of_another_program(*connection);
  return anothers && *anothers ? another_program(path) : unsafe;
}

}  // namespace quivive::backends
