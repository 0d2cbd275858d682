#pragma once
// From rows to records and back: what the tables of a store file have in common.

#include "backends/sqlite_connection.h"
#include "base/words.h"
#include "store/ports.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::backends {

// A list in one column is words with spaces between (base/words.h): check_record() saw to it that none holds a space.

// A text as bind() takes it.
inline std::string_view view(const std::string& text) { return text; }

// LIMIT's and OFFSET's type.
inline std::int64_t as_count(std::size_t number) {
  return static_cast<std::int64_t>(std::min<std::size_t>(number, std::numeric_limits<std::int64_t>::max()));
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
Result<store::Change> apply(SqliteConnection& connection, store::Change otherwise, const char* sql, const Values&... values) {
  auto query = connection.query(sql);
  if (!query) return query.error();
  (query->bind(values), ...);
  if (const auto ok = query->run(); !ok) return ok.error();
  return connection.changed_rows() > 0 ? store::Change::Done : otherwise;
}

// Runs a change; how many rows it changed.
template <class... Values>
Result<std::size_t> changed_by(SqliteConnection& connection, const char* sql, const Values&... values) {
  const auto done = apply(connection, store::Change::NotFound, sql, values...);
  if (!done) return done.error();
  return static_cast<std::size_t>(connection.changed_rows());
}

}  // namespace quivive::backends
