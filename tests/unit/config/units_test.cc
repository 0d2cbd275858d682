#include "config/units.h"

#include <gtest/gtest.h>

namespace quivive::config {
namespace {

TEST(ParseDuration, EveryUnit_Milliseconds) {
  struct Row {
    std::string_view text;
    std::int64_t milliseconds;
  };
  for (const Row& row : {Row{"0", 0}, Row{"0s", 0}, Row{"500ms", 500}, Row{"60s", 60'000}, Row{"10m", 600'000}, Row{"12h", 43'200'000},
                         Row{"90d", 7'776'000'000}, Row{"007s", 7'000}}) {
    const auto parsed = parse_duration(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(parsed->count(), row.milliseconds) << row.text;
  }
}

TEST(ParseDuration, AnythingElse_Refused) {
  for (const std::string_view text : {"", "60", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1w", "1h30m", "36601d", "99999999999999999999s",
                                      "9223372036854775807d", "0x10s", "1us"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_NE(parse_duration("60").error().message.find("60s"), std::string::npos);
}

TEST(ParseSize, EveryUnit_Bytes) {
  struct Row {
    std::string_view text;
    std::uint64_t bytes;
  };
  for (const Row& row : {Row{"0", 0}, Row{"4096", 4096}, Row{"16KiB", 16384}, Row{"1MiB", 1048576}, Row{"2GiB", 2147483648}}) {
    const auto parsed = parse_size(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(*parsed, row.bytes) << row.text;
  }
}

TEST(ParseSize, AnythingElse_Refused) {
  for (const std::string_view text : {"", "KiB", "16kb", "16K", "16KB", "16 KiB", "-1", "1.5MiB", "99999999999GiB", "18446744073709551616"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(ParseCount, OnlyDigits) {
  EXPECT_EQ(*parse_count("64"), 64u);
  for (const std::string_view text : {"", "-1", "1.0", "0x10", "1e3", "ten", "1 "}) EXPECT_FALSE(parse_count(text)) << text;
}

TEST(UnitsToString, LargestUnitThatDivides) {
  EXPECT_EQ(to_string(Duration{0}), "0s");
  EXPECT_EQ(to_string(Duration{1500}), "1500ms");
  EXPECT_EQ(to_string(Duration{90'000}), "90s");
  EXPECT_EQ(to_string(Duration{120'000}), "2m");
  EXPECT_EQ(to_string(Duration{86'400'000}), "1d");
  EXPECT_EQ(size_to_string(1000), "1000");
  EXPECT_EQ(size_to_string(16384), "16KiB");
}

}  // namespace
}  // namespace quivive::config
