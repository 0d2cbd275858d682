#pragma once
// How commands show things and check what they are given.

#include "base/clock.h"
#include "base/control_characters.h"
#include "base/json.h"
#include "base/result.h"
#include "base/rfc3339.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::cli {

// UTC. "2027-02-21" and "2027-02-21 10:03".
[[nodiscard]] std::string date(Instant instant);
[[nodiscard]] std::string date_and_minute(Instant instant);
// rfc3339() as a JSON string; null if there is none.
[[nodiscard]] Json json_instant(std::optional<Instant> instant);

// "2027-02-21T10:03:31Z", with a fraction or an offset as RFC 3339 section 5.6 allows, or a date alone: its midnight, UTC.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);

// A name of a user or an owner. It travels in header fields and stands in log lines, and Basic splits at the first colon
// (RFC 7617 section 2): 1 to 255 bytes of UTF-8 without control characters; without ':' if `for_basic`.
[[nodiscard]] Result<void> check_name(std::string_view what, std::string_view name, bool for_basic);

[[nodiscard]] JsonArray json_strings(const std::vector<std::string>& texts);
// Space-separated; "none" for an empty list.
[[nodiscard]] std::string words(const std::vector<std::string>& texts);

// Columns as wide as their widest cell, two spaces between. The first row is the heading; the last column is not padded.
// Cells are made printable.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace quivive::cli
