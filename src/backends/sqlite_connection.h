#pragma once
// One SQLite connection and its prepared statements, without SQLite's types showing. Errors name the file and say what
// to do about it. Not thread-safe: its owner guards it.

#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace quivive::backends {

// Which file a path leads to: its device and inode.
struct SqliteFileId {
  std::uint64_t device = 0, inode = 0;
  bool operator==(const SqliteFileId&) const = default;
};

// A statement under way: bind in the order of its parameters, step, read columns, and it is ready for its next use when
// this goes out of scope. Text and bytes are BLOBs: SQLite leaves comparing TEXT with NULs in it undefined.
// Bound views must live until then; column views until the next step().
class SqliteQuery {
 public:
  SqliteQuery(sqlite3_stmt* statement, sqlite3* db, const std::string* path) : statement_(statement), db_(db), path_(path) {}
  SqliteQuery(SqliteQuery&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), db_(other.db_), path_(other.path_),
        next_parameter_(other.next_parameter_), bind_error_(other.bind_error_) {}
  SqliteQuery& operator=(SqliteQuery&&) = delete;
  ~SqliteQuery();

  SqliteQuery& bind(std::string_view bytes);
  SqliteQuery& bind(std::int64_t number);
  SqliteQuery& bind(Instant instant) { return bind(std::int64_t{instant.time_since_epoch().count()}); }
  SqliteQuery& bind(std::optional<Instant> instant);

  [[nodiscard]] Result<bool> step();  // whether there is a row
  [[nodiscard]] Result<void> run();   // to the end

  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] Instant instant(int column) const { return Instant{Duration{number(column)}}; }
  [[nodiscard]] std::optional<Instant> optional_instant(int column) const;

 private:
  sqlite3_stmt* statement_;
  sqlite3* db_;
  const std::string* path_;
  int next_parameter_ = 1;
  int bind_error_ = 0;  // the first; reported by step()
};

class SqliteConnection {
 public:
  // An existing file. `read_only` refuses changes, though SQLite may write beside the file (WAL).
  [[nodiscard]] static Result<SqliteConnection> open(const std::string& path, std::chrono::milliseconds busy_timeout, bool read_only);
  // An existing file as it is, for one look: nothing is locked, and nothing written, beside the file neither.
  [[nodiscard]] static Result<SqliteConnection> look(const std::string& path);
  // An existing file with what other processes have in the log beside it. Changes nothing, but locks what it reads while it reads.
  [[nodiscard]] static Result<SqliteConnection> read(const std::string& path);
  SqliteConnection(SqliteConnection&&) noexcept = default;
  SqliteConnection& operator=(SqliteConnection&&) noexcept = default;

  // `sql` is a literal: its address is the key under which the prepared statement is kept.
  [[nodiscard]] Result<SqliteQuery> query(const char* sql);
  // One or more statements without results, for schema and settings.
  [[nodiscard]] Result<void> execute(const char* sql);
  // Puts the file into WAL mode, which it keeps. Waits for other processes as long as the busy timeout says.
  [[nodiscard]] Result<void> use_write_ahead_log();
  // The single integer that `sql` yields.
  [[nodiscard]] Result<std::int64_t> number(const char* sql);
  // Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t changed_rows() const;
  // Rows changed since the connection was opened.
  [[nodiscard]] std::int64_t all_changed_rows() const;

  void set_busy_timeout(std::chrono::milliseconds timeout);
  // From now on a change may be lost when the machine loses its power, and waits for the disk only where the log is folded in.
  [[nodiscard]] Result<void> stop_waiting_for_disk() { return execute("PRAGMA synchronous=NORMAL"); }

 private:
  struct CloseDb {
    void operator()(sqlite3* db) const;
  };
  struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const;
  };

  SqliteConnection() = default;
  // `name` is `path`, as SQLite takes it with these flags.
  [[nodiscard]] static Result<SqliteConnection> open_as(const std::string& path, const std::string& name, int flags);
  std::unique_ptr<std::string> path_;  // stable address for queries
  std::chrono::milliseconds busy_timeout_{0};
  std::unique_ptr<sqlite3, CloseDb> db_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, FinalizeStatement>> statements_;  // closed before db_
};

// Whether create_private_file() would make it, and an error where it could not.
[[nodiscard]] Result<bool> missing_private_file(const std::string& path);
// Makes an empty file with mode 0600 if there is none. True if it did.
[[nodiscard]] Result<bool> create_private_file(const std::string& path);
// Error also if everybody on the machine may read or write it: it holds password hashes.
[[nodiscard]] Result<SqliteFileId> identify_private_file(const std::string& path);

}  // namespace quivive::backends
