#pragma once
// How SqliteStore's verbs change its file; for the files that hold them.

#include "backends/sqlite_store.h"

namespace quivive::backends {

template <class Verb>
auto SqliteStore::transact(Verb change, const char* raise) -> std::invoke_result_t<Verb, bool&> {
  const std::scoped_lock lock(writer_mutex_);
  if (const auto ok = writer_.execute("BEGIN IMMEDIATE"); !ok) return ok.error();
  bool counts = false;
  auto result = change(counts);
  Result<void> finished = result ? Result<void>{} : Result<void>{result.error()};
  if (finished && counts) finished = writer_.execute(raise);
  if (finished) finished = writer_.execute("COMMIT");
  if (finished) return result;
  (void)writer_.execute("ROLLBACK");  // what failed is the news
  return finished.error();
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
