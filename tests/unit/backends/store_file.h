#pragma once
// Store files for tests of SqliteStore, and the same file as another program sees it.

#include "backends/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace quivive::backends {

inline constexpr Instant kNow = from_unix_seconds(1'800'000'000);

inline std::unique_ptr<SqliteStore> open(const std::string& path) {
  auto store = SqliteStore::open(path);
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

// One that waits for no other process's lock.
inline std::unique_ptr<SqliteStore> open_impatiently(const std::string& path) {
  auto store = SqliteStore::open(path, {.busy_timeout = std::chrono::milliseconds(1)});
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

inline store::RefreshRecord refresh(char digest) {
  return {.digest = std::string(32, digest), .family = "f", .client = "app", .user = "anna", .password_tag = "t", .scopes = {"a", "b"}, .signed_in = kNow,
          .created = kNow, .expires = kNow + std::chrono::hours(1), .used = {}, .access_id = std::string("jti-") + digest, .access_expires = kNow + std::chrono::minutes(5)};
}

// A database as another program would use it.
class RawDb {
 public:
  explicit RawDb(const std::string& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &db_), SQLITE_OK); }
  RawDb(const RawDb&) = delete;
  RawDb& operator=(const RawDb&) = delete;
  ~RawDb() { sqlite3_close(db_); }
  void run(const char* sql) { EXPECT_EQ(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db_); }
  // What EXPLAIN QUERY PLAN says.
  std::string plan(const std::string& sql) {
    std::string out;
    const auto add = [](void* text, int columns, char** values, char**) {
      static_cast<std::string*>(text)->append(values[columns - 1]).append("\n");
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(db_, ("EXPLAIN QUERY PLAN " + sql).c_str(), add, &out, nullptr), SQLITE_OK) << sqlite3_errmsg(db_);
    return out;
  }
  void refuse(const char* sql) { EXPECT_NE(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql; }

 private:
  sqlite3* db_ = nullptr;
};

}  // namespace quivive::backends
