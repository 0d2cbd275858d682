#pragma once
// From rows to records and back: what the tables of a store file have in common.

#include "backends/sqlite_connection.h"
#include "store/ports.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::backends {

// A list in one column. Scopes and roles hold no space: check_record() saw to that.
inline std::string join(const std::vector<std::string>& tokens) {
  std::string out;
  for (const std::string& token : tokens) {
    if (!out.empty()) out += ' ';
    out += token;
  }
  return out;
}

inline std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
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

}  // namespace quivive::backends
