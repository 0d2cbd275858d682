#pragma once
// How SqliteStore's verbs change its file; for the files that hold them.

#include "backends/sqlite_store.h"

namespace quivive::backends {

// `change` in one transaction of that connection, which an Error rolls back.
template <class Verb>
auto in_transaction(SqliteConnection& connection, Verb change) -> std::invoke_result_t<Verb> {
  if (const auto ok = connection.execute("BEGIN IMMEDIATE"); !ok) return ok.error();
  auto result = change();
  Result<void> finished = result ? connection.execute("COMMIT") : Result<void>{result.error()};
  if (finished) return result;
  (void)connection.execute("ROLLBACK");  // what failed is the news
  return finished.error();
}

template <class Verb>
auto SqliteStore::transact(Verb change, const char* raise) -> std::invoke_result_t<Verb, bool&> {
  const std::scoped_lock lock(writer_mutex_);
  return in_transaction(writer_, [&]() -> std::invoke_result_t<Verb, bool&> {
    bool counts = false;
    auto result = change(counts);
    if (!result || !counts) return result;
    if (const auto ok = writer_.execute(raise); !ok) return ok.error();
    return result;
  });
}

template <class Verb>
auto SqliteStore::transact_hastily(Verb change) -> std::invoke_result_t<Verb, SqliteConnection&> {
  const std::scoped_lock lock(hasty_mutex_);
  if (!hasty_) {
    if (const auto ok = check_file(); !ok) return ok.error();
    auto opened = SqliteConnection::open(path_, kHastyTimeout, false);
    if (!opened) return opened.error();
    if (const auto ok = opened->stop_waiting_for_disk(); !ok) return ok.error();
    hasty_ = std::move(*opened);
  }
  return in_transaction(*hasty_, [&] { return change(*hasty_); });
}

template <class Verb>
auto SqliteStore::write(Verb change, const char* raise) -> std::invoke_result_t<Verb> {
  return transact([&](bool& counts) {
    const auto before = writer_.all_changed_rows();
    auto result = change();
    counts = writer_.all_changed_rows() != before;
    return result;
  }, raise);
}

}  // namespace quivive::backends
