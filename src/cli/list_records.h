#pragma once
// What `key list`, `user list` and their like do: records of the store as JSON with --json, as a table, or a line where there is none.

#include "cli/open_store.h"
#include "cli/options.h"
#include "cli/show.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::cli {

// How one kind of record is shown. `describe` makes its JSON, `row` its cells, one for each of `heading`.
template <class Describe, class Row>
struct Listing {
  std::string_view nothing;  // where there is none, with what to do about it
  std::vector<std::string> heading;
  Describe describe;
  Row row;
};

template <class Record, class Describe, class Row>
void print_list(const std::vector<Record>& records, bool json, const Listing<Describe, Row>& listing, Io& io) {
  if (json) {
    JsonArray out;
    for (const Record& record : records) out.push_back(listing.describe(record));
    io.out << to_json(out) << '\n';
  } else if (records.empty()) {
    io.out << listing.nothing << '\n';
  } else {
    std::vector<std::vector<std::string>> rows = {listing.heading};
    for (const Record& record : records) rows.push_back(listing.row(record));
    io.out << table(rows);
  }
}

// The whole command, for one that takes --json and the store and nothing else. `list` asks the store.
template <class List, class Describe, class Row>
int run_list(const Command& self, Arguments arguments, Io& io, List list, const Listing<Describe, Row>& listing) {
  Options options(self);
  StoreChoice choice;
  bool json = false;
  options.add_json(json);
  options.add_store(choice);
  if (const auto status = options.parse(arguments, io)) return *status;
  const auto store = open_store(choice);
  if (!store) return fail(self, store.error(), io);
  const auto records = list(**store);
  if (!records) return fail(self, store_failure(records.error()), io);
  print_list(*records, json, listing, io);
  return kDone;
}

}  // namespace quivive::cli
