#include "backends/sqlite_nonces.h"

#include "backends/sqlite_rows.h"

#include <algorithm>
#include <bit>
#include <string>

namespace quivive::backends::sqlite_nonces {
namespace {

// The one instant that `sql` yields, which has one parameter; nothing for NULL and for no row.
template <class Value>
Result<std::optional<Instant>> instant_of(SqliteConnection& connection, const char* sql, const Value& value) {
  auto query = connection.query(sql);
  if (!query) return query.error();
  const auto row = query->bind(value).step();
  if (!row) return row.error();
  return *row ? query->optional_instant(0) : std::nullopt;
}

// Of a nonce that was not seen before: nothing is used.
Result<CountWindow> window_of(SqliteConnection& connection, std::string_view nonce) {
  auto query = connection.query("SELECT highest, used FROM nonce_counts WHERE id = ?");
  if (!query) return query.error();
  const auto row = query->bind(nonce).step();
  if (!row) return row.error();
  if (!*row) return CountWindow{};
  return CountWindow{static_cast<std::uint32_t>(query->number(0)), std::bit_cast<std::uint64_t>(query->number(1))};
}

}  // namespace

Result<Secret> master(SqliteConnection& connection, const Secret& proposal, Instant now) {
  const auto anew = changed_by(connection, "UPDATE nonces SET master = NULL, forgotten = ? WHERE forgotten > ?", now, now + store::kNonceClockSlack);
  if (!anew) return anew.error();
  if (*anew > 0) {
    if (const auto dropped = changed_by(connection, "DELETE FROM nonce_counts"); !dropped) return dropped.error();
  }
  const auto taken = changed_by(connection, "UPDATE nonces SET master = ? WHERE master IS NULL", proposal.reveal(RevealSecret{}));
  if (!taken) return taken.error();
  auto query = connection.query("SELECT master FROM nonces");
  if (!query) return query.error();
  const auto row = query->step();
  if (!row) return row.error();
  if (!*row) return error("the store lost its row of nonces; put back a copy of the file");
  return Secret(std::string(query->bytes(0)));
}

Result<CountClaim> claim(SqliteConnection& connection, std::string_view nonce, Instant issued, std::uint32_t count) {
  const auto forgotten = connection.number("SELECT forgotten FROM nonces");
  if (!forgotten) return forgotten.error();
  if (issued.time_since_epoch().count() <= *forgotten) return CountClaim::Forgotten;
  auto window = window_of(connection, nonce);
  if (!window) return window.error();
  const CountClaim claimed = window->claim(count);
  if (claimed != CountClaim::Fresh) return claimed;
  const auto kept = apply(connection, store::Change::Exists,
                          "INSERT INTO nonce_counts (id, issued, highest, used) VALUES (?, ?, ?, ?)"
                          " ON CONFLICT DO UPDATE SET highest = excluded.highest, used = excluded.used",
                          nonce, issued, std::int64_t{window->highest}, std::bit_cast<std::int64_t>(window->used));
  if (!kept) return kept.error();
  return claimed;
}

Result<Instant> forget_until(SqliteConnection& connection, Instant issued_before, std::size_t most) {
  const auto beyond = instant_of(connection, "SELECT issued FROM nonce_counts ORDER BY issued DESC LIMIT 1 OFFSET ?", as_count(most));
  if (!beyond) return beyond.error();
  return std::max(issued_before, beyond->value_or(issued_before));
}

Result<std::size_t> forget_some(SqliteConnection& connection, Instant until) {
  const auto newest =
      instant_of(connection, "SELECT max(issued) FROM (SELECT issued FROM nonce_counts WHERE issued <= ? ORDER BY issued LIMIT 5000)", until);
  if (!newest) return newest.error();
  if (!*newest) return std::size_t{0};
  // Those of one instant go together, or what is dropped of them would be fresh again.
  const auto noted = changed_by(connection, "UPDATE nonces SET forgotten = max(forgotten, ?)", **newest);
  if (!noted) return noted;
  return changed_by(connection, "DELETE FROM nonce_counts WHERE issued <= ?", **newest);
}

}  // namespace quivive::backends::sqlite_nonces
