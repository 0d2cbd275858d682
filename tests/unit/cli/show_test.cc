#include "cli/show.h"

#include <gtest/gtest.h>

namespace quivive::cli {
namespace {

TEST(Rfc3339, Instant_IsUtc) {
  EXPECT_EQ(date_and_minute(from_unix_seconds(3'661)), "1970-01-01 01:01");
  EXPECT_EQ(to_json(json_instant(std::nullopt)), "null");
}

TEST(ParseInstant, Rfc3339_IsRead) {
  struct Row {
    std::string_view text;
    std::int64_t milliseconds;
  };
  for (const Row& row : {Row{"1970-01-01", 0}, {"1970-01-02T00:00:00Z", 86'400'000}, {"2020-02-29t12:00:00z", 1'582'977'600'000},
                         {"1970-01-01 00:00:01Z", 1000}, {"1970-01-01T00:00:00.5Z", 500}, {"1970-01-01T00:00:00.123456Z", 123},
                         {"1970-01-01T02:00:00+02:00", 0}, {"1969-12-31T23:30:00-00:30", 0}}) {
    const auto instant = parse_instant(row.text);
    ASSERT_TRUE(instant) << row.text;
    EXPECT_EQ(instant->time_since_epoch().count(), row.milliseconds) << row.text;
  }
}

TEST(ParseInstant, AnythingElse_IsRefused) {
  for (const std::string_view text : {"", "now", "1970", "1970-1-1", "1970-13-01", "1970-02-29", "1970-00-01", "1970-01-01T", "1970-01-01T00:00Z",
                                      "1970-01-01T00:00:00", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
                                      "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Zx", "1970-01-01T00:00:00+1", "1970-01-01T00:00:00+24:00",
                                      "1970-01-01T00:00:00+00:00x", "-970-01-01", "0", "1582977600"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(Table, Cells_LineUpAndAreHarmless) {
  EXPECT_EQ(table({{"id", "owner"}, {"x", "a\x1b[2J"}, {"ééé", ""}}), "id   owner\nx    a\\x1b[2J\nééé\n");
}

TEST(Words, EmptyList_IsNone) {
  EXPECT_EQ(words({}), "none");
  EXPECT_EQ(words({"a", "b"}), "a b");
}

}  // namespace
}  // namespace quivive::cli
