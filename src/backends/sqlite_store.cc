#include "backends/sqlite_store.h"

#include "backends/sqlite_schema.h"
#include "base/text.h"
#include "store/record_rules.h"

#include <algorithm>

namespace quivive::backends {

using store::Change;
using store::KeyRecord;
using store::Revocation;
using store::RevocationKind;
using store::UserRecord;

namespace {

// Waits no longer than this for the write lock just to note a key's use.
constexpr std::chrono::milliseconds kNoteTimeout{50};

// Scopes and roles hold no space: check_record() saw to that.
std::string join(const std::vector<std::string>& tokens) {
  std::string out;
  for (const std::string& token : tokens) {
    if (!out.empty()) out += ' ';
    out += token;
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

#define USER_COLUMNS "name, password_hash, roles, disabled, created, changed"
#define KEY_COLUMNS "id, digest, owner, scopes, note, created, expires, revoked, rotated_to, last_used"
#define REVOCATION_COLUMNS "issuer, kind, value, cutoff, created, forget"

UserRecord read_user(const SqliteQuery& row) {
  return {.name = std::string(row.bytes(0)),
          .password_hash = Secret{std::string(row.bytes(1))},
          .roles = split(row.bytes(2)),
          .disabled = row.number(3) != 0,
          .created = row.instant(4),
          .changed = row.instant(5)};
}

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

Revocation read_revocation(const SqliteQuery& row) {
  return {.issuer = std::string(row.bytes(0)),
          .kind = static_cast<RevocationKind>(row.number(1)),  // 0 to 2: the table's CHECK
          .value = std::string(row.bytes(2)),
          .cutoff = row.instant(3),
          .created = row.instant(4),
          .forget = row.optional_instant(5)};
}

// Every row of a query without parameters.
template <class Record>
Result<std::vector<Record>> read_all(SqliteConnection& connection, const char* sql, Record (*read)(const SqliteQuery&)) {
  auto query = connection.query(sql);
  if (!query) return query.error();
  std::vector<Record> out;
  for (;;) {
    const auto row = query->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(read(*query));
  }
}

// The row of a query with one parameter.
template <class Record>
Result<std::optional<Record>> read_one(SqliteConnection& connection, const char* sql, std::string_view name,
                                       Record (*read)(const SqliteQuery&)) {
  auto query = connection.query(sql);
  if (!query) return query.error();
  const auto row = query->bind(name).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Record>{};
  return std::optional<Record>{read(*query)};
}

// Runs a change; `otherwise` is what it means that no row changed.
template <class... Values>
Result<Change> apply(SqliteConnection& connection, Change otherwise, const char* sql, const Values&... values) {
  auto query = connection.query(sql);
  if (!query) return query.error();
  (query->bind(values), ...);
  if (const auto ok = query->run(); !ok) return ok.error();
  return connection.changed_rows() > 0 ? Change::Done : otherwise;
}

Result<Change> insert_key(SqliteConnection& connection, const KeyRecord& key) {
  const std::string scopes = join(key.scopes);
  return apply(connection, Change::Exists, "INSERT INTO keys (" KEY_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
               std::string_view(key.id), std::string_view(key.digest), std::string_view(key.owner), std::string_view(scopes),
               std::string_view(key.note), key.created, key.expires, key.revoked, std::string_view(key.rotated_to), key.last_used);
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, const Options& options) {
  // SQLite would stop at a NUL and take "" and ":memory:" for databases that vanish.
  if (path.empty() || path.starts_with(':') || path.find('\0') != std::string::npos) {
    return error("'{}' is not the path of a store file", printable(path));
  }
  bool created = false;
  if (options.create) {
    const auto made = create_private_file(path);
    if (!made) return made.error();
    created = *made;
  }
  const auto file = identify_private_file(path);
  if (!file) return file.error();
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

template <class Verb>
auto SqliteStore::write(Verb change) -> std::invoke_result_t<Verb> {
  const std::scoped_lock lock(writer_mutex_);
  if (const auto ok = writer_.execute("BEGIN IMMEDIATE"); !ok) return ok.error();
  const auto before = writer_.all_changed_rows();
  auto result = change();
  Result<void> finished = result ? Result<void>{} : Result<void>{result.error()};
  if (finished && writer_.all_changed_rows() != before) finished = writer_.execute("UPDATE state SET changes = changes + 1");
  if (finished) finished = writer_.execute("COMMIT");
  if (finished) return result;
  (void)writer_.execute("ROLLBACK");  // what failed is the news
  return finished.error();
}

Result<std::optional<UserRecord>> SqliteStore::find_user(std::string_view name) {
  const std::scoped_lock lock(reader_mutex_);
  return read_one(reader_, "SELECT " USER_COLUMNS " FROM users WHERE name = ?", name, read_user);
}

Result<Change> SqliteStore::add_user(const UserRecord& user) {
  if (const auto ok = check_record(user); !ok) return ok.error();
  const std::string roles = join(user.roles);
  return write([&] {
    return apply(writer_, Change::Exists, "INSERT INTO users (" USER_COLUMNS ") VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                 std::string_view(user.name), user.password_hash.reveal(RevealSecret{}), std::string_view(roles),
                 std::int64_t{user.disabled}, user.created, user.changed);
  });
}

Result<Change> SqliteStore::set_password(std::string_view name, const Secret& hash, Instant at) {
  return write([&] {
    return apply(writer_, Change::NotFound, "UPDATE users SET password_hash = ?, changed = ? WHERE name = ?", hash.reveal(RevealSecret{}),
                 at, name);
  });
}

Result<Change> SqliteStore::set_disabled(std::string_view name, bool disabled, Instant at) {
  return write([&]() -> Result<Change> {
    const auto user = read_one(writer_, "SELECT " USER_COLUMNS " FROM users WHERE name = ?", name, read_user);
    if (!user) return user.error();
    if (!*user) return Change::NotFound;
    if ((*user)->disabled == disabled) return Change::Done;
    return apply(writer_, Change::NotFound, "UPDATE users SET disabled = ?, changed = ? WHERE name = ?", std::int64_t{disabled}, at, name);
  });
}

Result<Change> SqliteStore::remove_user(std::string_view name) {
  return write([&] { return apply(writer_, Change::NotFound, "DELETE FROM users WHERE name = ?", name); });
}

Result<std::vector<UserRecord>> SqliteStore::list_users() {
  const std::scoped_lock lock(reader_mutex_);
  return read_all(reader_, "SELECT " USER_COLUMNS " FROM users ORDER BY name", read_user);
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
    return apply(writer_, Change::NotFound, "UPDATE keys SET revoked = ? WHERE id = ?", at, id);
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
  const auto kind = static_cast<std::int64_t>(revocation.kind);
  return write([&]() -> Result<void> {
    auto query = writer_.query("SELECT " REVOCATION_COLUMNS " FROM revocations WHERE issuer = ? AND kind = ? AND value = ?");
    if (!query) return query.error();
    const auto row = query->bind(std::string_view(revocation.issuer)).bind(kind).bind(std::string_view(revocation.value)).step();
    if (!row) return row.error();
    Revocation widest = revocation;
    if (*row) {
      const Revocation known = read_revocation(*query);
      widest = wider(known, revocation);
      if (widest == known) return {};
    }
    const auto done = apply(writer_, Change::Exists, "INSERT OR REPLACE INTO revocations (" REVOCATION_COLUMNS ") VALUES (?,?,?,?,?,?)",
                            std::string_view(widest.issuer), kind, std::string_view(widest.value), widest.cutoff, widest.created, widest.forget);
    return done ? Result<void>{} : Result<void>{done.error()};
  });
}

Result<std::vector<Revocation>> SqliteStore::list_revocations() {
  const std::scoped_lock lock(reader_mutex_);
  return read_all(reader_, "SELECT " REVOCATION_COLUMNS " FROM revocations ORDER BY issuer, kind, value", read_revocation);
}

Result<std::size_t> SqliteStore::forget_revocations(Instant now) {
  return write([&]() -> Result<std::size_t> {
    const auto done = apply(writer_, Change::NotFound, "DELETE FROM revocations WHERE forget <= ?", now);
    if (!done) return done.error();
    return static_cast<std::size_t>(writer_.changed_rows());
  });
}

Result<std::uint64_t> SqliteStore::version() {
  const auto file = identify_private_file(path_);
  if (!file) return file.error();
  if (*file != file_) return error("{} was replaced while in use: start again to read the new file", printable(path_));
  write_notes();
  const std::scoped_lock lock(reader_mutex_);
  const auto changes = reader_.number("SELECT changes FROM state");
  if (!changes) return changes.error();
  return static_cast<std::uint64_t>(*changes);
}

Result<void> SqliteStore::touch_key(std::string_view id, Instant at) {
  const Instant minute = store::to_minute(at);
  const std::scoped_lock lock(notes_mutex_);
  auto note = notes_.find(id);
  if (note != notes_.end() && minute <= note->second.minute) return {};
  if (note == notes_.end()) {
    if (notes_.size() >= kMaxNotes) std::erase_if(notes_, [](const auto& entry) { return entry.second.written; });
    if (notes_.size() >= kMaxNotes) return {};
    note = notes_.emplace(std::string(id), Note{minute, true}).first;
  }
  if (note->second.written) ++unwritten_notes_;
  note->second = {minute, false};
  return {};
}

// All or nothing, and whatever fails is lost: no request fails for a note. Does not count as a change.
void SqliteStore::write_notes() {
  std::vector<std::pair<std::string, Instant>> due;
  {
    const std::scoped_lock lock(notes_mutex_);
    if (unwritten_notes_ == 0) return;
    for (auto& [id, note] : notes_) {
      if (!note.written) due.emplace_back(id, note.minute);
      note.written = true;
    }
    unwritten_notes_ = 0;
  }
  const std::scoped_lock lock(writer_mutex_);
  writer_.set_busy_timeout(kNoteTimeout);
  bool ok = writer_.execute("BEGIN IMMEDIATE").has_value();
  writer_.set_busy_timeout(busy_timeout_);
  if (!ok) return;
  for (const auto& [id, minute] : due) {
    ok = ok && apply(writer_, Change::NotFound, "UPDATE keys SET last_used = max(ifnull(last_used, ?), ?) WHERE id = ?", minute, minute,
                     std::string_view(id));
  }
  if (!ok || !writer_.execute("COMMIT")) (void)writer_.execute("ROLLBACK");
}

}  // namespace quivive::backends
