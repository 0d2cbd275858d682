#include "backends/sqlite_connection.h"

#include "base/text.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

namespace quivive::backends {
namespace {

// What failed and what to do about it, in one line.
Error explain(const std::string& path, int extended_code, const char* sqlite_text) {
  const std::string name = printable(path);
  switch (extended_code & 0xff) {
    case SQLITE_NOTADB:
      return error("{} is not an SQLite database: move it away, or name another file as the store", name);
    case SQLITE_CORRUPT:
      return error("{} is damaged ({}): restore a backup, or salvage it with sqlite3's .recover", name, sqlite_text);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return error("{} cannot be opened or written ({}): check owner and mode of the file, its -wal and -shm beside it, and its folder", name, sqlite_text);
    case SQLITE_BUSY:
      return error("{} is locked by another process: see which with fuser, and try again", name);
    case SQLITE_FULL:
      return error("{} cannot grow: the disk is full", name);
    default:
      return error("{} failed: {} (SQLite error {})", name, sqlite_text, extended_code);
  }
}

Error explain(const std::string& path, sqlite3* db) { return explain(path, sqlite3_extended_errcode(db), sqlite3_errmsg(db)); }

Error cannot_create(const std::string& path, int number) {
  return error("{} cannot be created: {}; check that its folder exists and that this user may write there", printable(path), std::strerror(number));
}

}  // namespace

SqliteQuery::~SqliteQuery() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);  // the bound views may die now
}

SqliteQuery& SqliteQuery::bind(std::string_view bytes) {
  // A null pointer would bind NULL, not an empty value.
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  const int rc = sqlite3_bind_blob64(statement_, next_parameter_++, data, bytes.size(), SQLITE_STATIC);
  if (bind_error_ == SQLITE_OK) bind_error_ = rc;
  return *this;
}

SqliteQuery& SqliteQuery::bind(std::int64_t number) {
  const int rc = sqlite3_bind_int64(statement_, next_parameter_++, number);
  if (bind_error_ == SQLITE_OK) bind_error_ = rc;
  return *this;
}

SqliteQuery& SqliteQuery::bind(std::optional<Instant> instant) {
  if (instant) return bind(*instant);
  ++next_parameter_;  // an unbound parameter is NULL
  return *this;
}

Result<bool> SqliteQuery::step() {
  if (bind_error_ != SQLITE_OK) return explain(*path_, bind_error_, sqlite3_errstr(bind_error_));
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return explain(*path_, db_);
  }
}

Result<void> SqliteQuery::run() {
  for (;;) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

std::string_view SqliteQuery::bytes(int column) const {
  // In this order: the size is that of the representation which column_blob made.
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr ? std::string_view{} : std::string_view{data, static_cast<std::size_t>(size)};
}

std::int64_t SqliteQuery::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<Instant> SqliteQuery::optional_instant(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return instant(column);
}

void SqliteConnection::CloseDb::operator()(sqlite3* db) const { sqlite3_close_v2(db); }
void SqliteConnection::FinalizeStatement::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<SqliteConnection> SqliteConnection::open_as(const std::string& path, const std::string& name, int flags) {
  SqliteConnection out;
  out.path_ = std::make_unique<std::string>(path);
  sqlite3* db = nullptr;
  const int rc = sqlite3_open_v2(name.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  out.db_.reset(db);
  if (rc != SQLITE_OK) return explain(path, rc, sqlite3_errstr(rc));
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);       // no SQL of ours may damage the file
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);  // nor may a schema that somebody planted run code
  return out;
}

Result<SqliteConnection> SqliteConnection::look(const std::string& path) {
  std::string name = path.starts_with('/') ? "file://" : "file:";
  for (const char c : path) name += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", static_cast<unsigned char>(c)) : std::string(1, c);
  return open_as(path, name + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

Result<SqliteConnection> SqliteConnection::read(const std::string& path) { return open_as(path, path, SQLITE_OPEN_READONLY); }

Result<SqliteConnection> SqliteConnection::open(const std::string& path, std::chrono::milliseconds busy_timeout, bool read_only) {
  // No SQLITE_OPEN_URI: a path that starts with "file:" is a path. No CREATE: create_private_file does that, safely.
  auto opened = open_as(path, path, SQLITE_OPEN_READWRITE);
  if (!opened) return opened.error();
  SqliteConnection out = std::move(*opened);
  out.set_busy_timeout(busy_timeout);
  if (const auto ok = out.execute("PRAGMA cell_size_check=ON"); !ok) return ok.error();
  if (const auto ok = out.execute("PRAGMA synchronous=FULL"); !ok) return ok.error();  // a revocation outlives a power cut
  if (read_only) {
    if (const auto ok = out.execute("PRAGMA query_only=ON"); !ok) return ok.error();
  }
  return out;
}

Result<SqliteQuery> SqliteConnection::query(const char* sql) {
  auto& statement = statements_[sql];
  if (!statement) {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr) != SQLITE_OK) return explain(*path_, db_.get());
    statement.reset(prepared);
  }
  return SqliteQuery(statement.get(), db_.get(), path_.get());
}

Result<void> SqliteConnection::execute(const char* sql) {
  if (sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return explain(*path_, db_.get());
  return {};
}

Result<void> SqliteConnection::use_write_ahead_log() {
  // SQLite does not wait by itself here: it would raise a shared lock to an exclusive one, and two that wait for each
  // other like that never end. Letting go and asking again does end.
  const auto deadline = std::chrono::steady_clock::now() + busy_timeout_;
  for (;;) {
    const int rc = sqlite3_exec(db_.get(), "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
    if (rc == SQLITE_OK) return {};
    if ((rc & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline) return explain(*path_, db_.get());
    sqlite3_sleep(2);
  }
}

Result<std::int64_t> SqliteConnection::number(const char* sql) {
  auto statement = query(sql);
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->number(0) : 0;
}

std::int64_t SqliteConnection::changed_rows() const { return sqlite3_changes64(db_.get()); }

std::int64_t SqliteConnection::all_changed_rows() const { return sqlite3_total_changes64(db_.get()); }

void SqliteConnection::set_busy_timeout(std::chrono::milliseconds timeout) {
  busy_timeout_ = timeout;
  sqlite3_busy_timeout(db_.get(), static_cast<int>(timeout.count()));
}

Result<bool> missing_private_file(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) return false;
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (errno == ENOENT && ::access(folder.c_str(), W_OK | X_OK) == 0) return true;
  return cannot_create(path, errno);
}

Result<bool> create_private_file(const std::string& path) {
  // The mode is set when the file is made, so that there is no moment at which others could open it; EXCL, so that
  // nobody's file or link in that place is taken over.
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd >= 0) {
    ::close(fd);
    return true;
  }
  if (errno == EEXIST) return false;
  return cannot_create(path, errno);
}

Result<SqliteFileId> identify_private_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return error("{} cannot be read: {}", printable(path), std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) return error("{} is not a file", printable(path));
  if ((info.st_mode & S_IRWXO) != 0) {
    return error("{} is open to every user of this machine (mode {:o}), and it holds password hashes: chmod 600 it", printable(path),
                 info.st_mode & 07777);
  }
  return SqliteFileId{info.st_dev, info.st_ino};
}

}  // namespace quivive::backends
