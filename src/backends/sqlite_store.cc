#include "backends/sqlite_store.h"

#include "backends/sqlite_nonces.h"
#include "backends/sqlite_oauth.h"
#include "backends/sqlite_refresh.h"
#include "backends/sqlite_revocations.h"
#include "backends/sqlite_rows.h"
#include "backends/sqlite_schema.h"
#include "backends/sqlite_sessions.h"
#include "backends/sqlite_store_transact.h"
#include "backends/sqlite_users.h"
#include "base/text.h"
#include "store/record_rules.h"

#include <algorithm>
#include <unistd.h>

namespace quivive::backends {

using store::Change;
using store::DigestSecret;
using store::KeyRecord;
using store::Revocation;
using store::SessionRecord;
using store::UserRecord;

namespace {

// Waits no longer than this for the write lock just to note uses.
constexpr std::chrono::milliseconds kNoteTimeout{50};

#define KEY_COLUMNS "id, digest, owner, scopes, note, created, expires, revoked, rotated_to, last_used"

KeyRecord read_key(const SqliteQuery& row) {
  return {.id = std::string(row.bytes(0)),
          .digest = std::string(row.bytes(1)),
          .owner = std::string(row.bytes(2)),
          .scopes = split(row.bytes(3)),
          .note = std::string(row.bytes(4)),
          .created = row.instant(5),
          .expires = row.optional_instant(6),
          .revoked = row.optional_instant(7),
          .rotated_to = std::string(row.bytes(8)),
          .last_used = row.optional_instant(9)};
}

Result<Change> insert_key(SqliteConnection& connection, const KeyRecord& key) {
  const std::string scopes = join(key.scopes);
  return apply(connection, Change::Exists, "INSERT INTO keys (" KEY_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
               std::string_view(key.id), std::string_view(key.digest), std::string_view(key.owner), std::string_view(scopes),
               std::string_view(key.note), key.created, key.expires, key.revoked, std::string_view(key.rotated_to), key.last_used);
}

// SQLite would stop at a NUL and take "" and ":memory:" for databases that vanish.
Result<void> check_path(const std::string& path) {
  if (!path.empty() && !path.starts_with(':') && path.find('\0') == std::string::npos) return {};
  return error("'{}' is not the path of a store file", printable(path));
}

}  // namespace

Result<void> SqliteStore::look(const std::string& path) {
  if (const auto ok = check_path(path); !ok) return ok.error();
  const auto missing = missing_private_file(path);
  if (!missing) return missing.error();
  if (*missing) return {};
  if (const auto file = identify_private_file(path); !file) return more_than_unsafe(path, file.error());
  auto connection = SqliteConnection::look(path);
  if (!connection) return connection.error();
  return check_sqlite_file(*connection, path);
}

Result<std::size_t> SqliteStore::look_for_digests(const std::string& path, std::string_view realm, crypto::HashKind hash) {
  if (const auto ok = look(path); !ok) return ok.error();
  if (::access(path.c_str(), F_OK) != 0) return std::size_t{0};
  // Where another process has the file open, what it changed last is in its log.
  const bool has_log = ::access((path + "-wal").c_str(), F_OK) == 0;
  auto connection = has_log ? SqliteConnection::read(path) : SqliteConnection::look(path);
  if (!connection) return connection.error();
  const auto version = connection->number("PRAGMA user_version");
  if (!version) return version.error();
  if (*version != kSqliteSchemaVersion) return std::size_t{0};
  return sqlite_users::count_without_digest(*connection, realm, hash);
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, const Options& options) {
  if (const auto ok = check_path(path); !ok) return ok.error();
  bool created = false;
  if (options.create) {
    const auto made = create_private_file(path);
    if (!made) return made.error();
    created = *made;
  }
  const auto file = identify_private_file(path);
  if (!file) return more_than_unsafe(path, file.error());
  auto writer = SqliteConnection::open(path, options.busy_timeout, false);
  if (!writer) return writer.error();
  if (const auto ok = prepare_sqlite_file(*writer, path); !ok) return ok.error();
  auto reader = SqliteConnection::open(path, options.busy_timeout, true);
  if (!reader) return reader.error();
  return std::unique_ptr<SqliteStore>(new SqliteStore(path, *file, options, std::move(*reader), std::move(*writer), created));
}

SqliteStore::SqliteStore(std::string path, SqliteFileId file, const Options& options, SqliteConnection reader, SqliteConnection writer,
                         bool created)
    : path_(std::move(path)), file_(file), busy_timeout_(options.busy_timeout), created_(created), reader_(std::move(reader)), writer_(std::move(writer)) {}

SqliteStore::~SqliteStore() { write_notes(); }

Result<std::optional<UserRecord>> SqliteStore::find_user(std::string_view name) {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_users::find(reader_, name);
}

Result<std::optional<UserRecord>> SqliteStore::find_user_by_hash(std::string_view user_hash) {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_users::find_by_hash(reader_, user_hash);
}

Result<std::size_t> SqliteStore::count_without_digest(std::string_view realm, crypto::HashKind hash) {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_users::count_without_digest(reader_, realm, hash);
}

Result<Change> SqliteStore::add_user(const UserRecord& user) {
  if (const auto ok = check_record(user); !ok) return ok.error();
  return write([&] { return sqlite_users::add(writer_, user); });
}

Result<Change> SqliteStore::set_password(std::string_view name, const Secret& hash, const std::vector<DigestSecret>& digests, Instant at) {
  if (const auto ok = check_digests(name, digests); !ok) return ok.error();
  return write([&]() -> Result<Change> {
    const auto changed = sqlite_users::set_password(writer_, name, hash, digests, at);
    if (!changed || *changed != Change::Done) return changed;
    if (const auto ended = sqlite_sessions::end_all_of(writer_, name, at); !ended) return ended.error();
    return changed;
  });
}

Result<Change> SqliteStore::set_disabled(std::string_view name, bool disabled, Instant at) {
  return write([&]() -> Result<Change> {
    const auto changed = sqlite_users::set_disabled(writer_, name, disabled, at);
    if (!changed || *changed != Change::Done || !disabled) return changed;
    // Even of one who is disabled already: a sign-in may have been under way.
    if (const auto ended = sqlite_sessions::end_all_of(writer_, name, at); !ended) return ended.error();
    if (const auto ok = drop_grants_of(name); !ok) return ok.error();
    return changed;
  });
}

Result<void> SqliteStore::drop_grants_of(std::string_view user) {
  if (const auto ok = sqlite_oauth::remove_all_of(writer_, user); !ok) return ok;
  return sqlite_refresh::remove_all_of(writer_, user);
}

Result<Change> SqliteStore::remove_user(std::string_view name) {
  return write([&]() -> Result<Change> {
    const auto removed = sqlite_users::remove(writer_, name);
    if (!removed || *removed != Change::Done) return removed;
    if (const auto ok = sqlite_sessions::remove_all_of(writer_, name); !ok) return ok.error();
    if (const auto ok = drop_grants_of(name); !ok) return ok.error();
    if (const auto ok = sqlite_users::forget_places(writer_, name); !ok) return ok.error();
    return removed;
  });
}

Result<std::vector<UserRecord>> SqliteStore::list_users() {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_users::list(reader_);
}

Result<std::vector<Secret>> SqliteStore::password_hashes() {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_users::password_hashes(reader_);
}

Result<void> SqliteStore::note_place(std::string_view user, std::string_view place, Instant at) {
  return transact([&](bool&) { return sqlite_users::note_place(writer_, user, place, at); });
}

Result<bool> SqliteStore::knows_place(std::string_view user, std::string_view place, Instant since) {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_users::knows_place(reader_, user, place, since);
}

Result<std::optional<KeyRecord>> SqliteStore::find_key(std::string_view id) {
  const std::scoped_lock lock(reader_mutex_);
  return read_one(reader_, "SELECT " KEY_COLUMNS " FROM keys WHERE id = ?", id, read_key);
}

Result<Change> SqliteStore::add_key(const KeyRecord& key) {
  if (const auto ok = check_record(key); !ok) return ok.error();
  return write([&] { return insert_key(writer_, key); });
}

Result<Change> SqliteStore::revoke_key(std::string_view id, Instant at) {
  return write([&]() -> Result<Change> {
    const auto key = read_one(writer_, "SELECT " KEY_COLUMNS " FROM keys WHERE id = ?", id, read_key);
    if (!key) return key.error();
    if (!*key) return Change::NotFound;
    if ((*key)->revoked && *(*key)->revoked <= at) return Change::Done;
    return apply(writer_, Change::NotFound, "UPDATE keys SET revoked = ?, rotated_to = x'' WHERE id = ?", at, id);
  });
}

Result<Change> SqliteStore::rotate_key(std::string_view id, const KeyRecord& next, Instant until) {
  if (const auto ok = check_record(next); !ok) return ok.error();
  return write([&]() -> Result<Change> {
    const auto key = read_one(writer_, "SELECT " KEY_COLUMNS " FROM keys WHERE id = ?", id, read_key);
    if (!key) return key.error();
    if (!*key || (*key)->revoked) return Change::NotFound;
    const auto added = insert_key(writer_, next);
    if (!added || *added != Change::Done) return added;
    return apply(writer_, Change::NotFound, "UPDATE keys SET revoked = ?, rotated_to = ? WHERE id = ?", until, std::string_view(next.id), id);
  });
}

Result<std::vector<KeyRecord>> SqliteStore::list_keys() {
  write_notes();
  const std::scoped_lock lock(reader_mutex_);
  return read_all(reader_, "SELECT " KEY_COLUMNS " FROM keys ORDER BY created, id", read_key);
}

Result<void> SqliteStore::add_revocation(const Revocation& revocation) {
  if (const auto ok = check_record(revocation); !ok) return ok;
  return write([&] { return sqlite_revocations::add(writer_, revocation); });
}

Result<std::vector<Revocation>> SqliteStore::list_revocations() {
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_revocations::list(reader_);
}

Result<std::size_t> SqliteStore::forget_revocations(Instant now) {
  return write([&] { return sqlite_revocations::forget(writer_, now); });
}

Result<Secret> SqliteStore::nonce_master(const Secret& proposal, Instant now) {
  if (const auto ok = store::check_nonce_master(proposal); !ok) return ok.error();
  return transact([&](bool&) { return sqlite_nonces::master(writer_, proposal, now); });
}

Result<CountClaim> SqliteStore::claim_count(std::string_view nonce, Instant issued, std::uint32_t count) {
  if (const auto ok = store::check_nonce(nonce); !ok) return ok.error();
  return transact_hastily([&](SqliteConnection& connection) { return sqlite_nonces::claim(connection, nonce, issued, count); });
}

Result<std::size_t> SqliteStore::forget_nonces(Instant issued_before, std::size_t most) {
  const auto until = [&] {
    const std::scoped_lock lock(reader_mutex_);
    return sqlite_nonces::forget_until(reader_, issued_before, most);
  }();
  if (!until) return until.error();
  for (std::size_t all = 0;;) {
    const auto dropped = transact_hastily([&](SqliteConnection& connection) { return sqlite_nonces::forget_some(connection, *until); });
    if (!dropped) return dropped;
    if (*dropped == 0) return all;
    all += *dropped;
  }
}

Result<void> SqliteStore::check_file() const {
  const auto file = identify_private_file(path_);
  if (!file) return file.error();
  if (*file != file_) return error("{} was replaced while in use: start again to read the new file", printable(path_));
  return {};
}

Result<std::uint64_t> SqliteStore::version() {
  if (const auto ok = check_file(); !ok) return ok.error();
  write_notes();
  const std::scoped_lock lock(reader_mutex_);
  const auto changes = reader_.number("SELECT changes FROM state");
  if (!changes) return changes.error();
  return static_cast<std::uint64_t>(*changes);
}

Result<Change> SqliteStore::begin_session(const SessionRecord& session, std::string_view replaces, std::size_t most) {
  if (const auto ok = check_record(session); !ok) return ok.error();
  write_notes();
  return transact([&](bool& counts) { return sqlite_sessions::begin(writer_, session, replaces, most, counts); }, kSessionEnded);
}

Result<std::optional<SessionRecord>> SqliteStore::find_session(std::string_view digest) {
  auto session = [&] {
    const std::scoped_lock lock(reader_mutex_);
    return sqlite_sessions::find(reader_, digest);
  }();
  if (!session || !*session || (*session)->revoked) return session;
  (*session)->seen = std::max((*session)->seen, session_notes_.find(digest).value_or(Instant::min()));
  return session;
}

Result<Change> SqliteStore::end_session(std::string_view digest, Instant at) {
  return write([&] { return sqlite_sessions::end(writer_, digest, at); }, kSessionEnded);
}

Result<Change> SqliteStore::revoke_session(std::string_view id, Instant at) {
  return write([&] { return sqlite_sessions::end_by_id(writer_, id, at); }, kSessionEnded);
}

Result<std::size_t> SqliteStore::revoke_sessions_of(std::string_view user, Instant at) {
  return write([&] { return sqlite_sessions::end_all_of(writer_, user, at); }, kSessionEnded);
}

Result<std::uint64_t> SqliteStore::session_version() {
  const std::scoped_lock lock(reader_mutex_);
  const auto changes = reader_.number("SELECT session_changes FROM state");
  if (!changes) return changes.error();
  return static_cast<std::uint64_t>(*changes);
}

Result<std::vector<SessionRecord>> SqliteStore::list_sessions() {
  write_notes();
  const std::scoped_lock lock(reader_mutex_);
  return sqlite_sessions::list(reader_);
}

Result<std::size_t> SqliteStore::forget_sessions(Instant expired_before, Instant seen_before) {
  write_notes();
  return transact([&](bool&) { return sqlite_sessions::forget(writer_, expired_before, seen_before); });
}

Result<void> SqliteStore::touch_key(std::string_view id, Instant at) {
  key_notes_.add(id, store::to_minute(at));
  return {};
}

Result<void> SqliteStore::touch_session(std::string_view digest, Instant at) {
  session_notes_.add(digest, at);
  return {};
}

// No request fails for a note. Does not count as a change.
void SqliteStore::write_notes() {
  const auto keys = key_notes_.take(), sessions = session_notes_.take();
  if (keys.empty() && sessions.empty()) return;
  if (try_to_write(keys, sessions)) return;
  key_notes_.put_back(keys);
  session_notes_.put_back(sessions);
}

// All or nothing.
bool SqliteStore::try_to_write(const std::vector<UseNotes::Note>& keys, const std::vector<UseNotes::Note>& sessions) {
  const std::scoped_lock lock(writer_mutex_);
  writer_.set_busy_timeout(kNoteTimeout);
  bool ok = writer_.execute("BEGIN IMMEDIATE").has_value();
  writer_.set_busy_timeout(busy_timeout_);
  if (!ok) return false;
  for (const auto& [id, minute] : keys) {
    ok = ok && apply(writer_, Change::NotFound, "UPDATE keys SET last_used = max(ifnull(last_used, ?), ?) WHERE id = ?", minute, minute,
                     std::string_view(id));
  }
  for (const auto& [digest, at] : sessions) ok = ok && sqlite_sessions::touch(writer_, digest, at);
  if (ok && writer_.execute("COMMIT")) return true;
  (void)writer_.execute("ROLLBACK");
  return false;
}

}  // namespace quivive::backends
