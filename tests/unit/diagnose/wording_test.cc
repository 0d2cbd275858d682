#include "diagnose/wording.h"

#include "diagnose/text_layout.h"

#include <gtest/gtest.h>

#include <array>

namespace quivive::diagnose {
namespace {

TEST(SpanText, TwoLargestUnits) {
  struct Row {
    std::int64_t seconds;
    std::string_view expected;
  };
  static constexpr Row rows[] = {{0, "0 s"},
                                 {1, "1 s"},
                                 {59, "59 s"},
                                 {60, "1 min"},
                                 {61, "1 min 1 s"},
                                 {660, "11 min"},
                                 {664, "11 min"},
                                 {3600, "1 h"},
                                 {11520, "3 h 12 min"},
                                 {36000, "10 h"},
                                 {86400, "1 day"},
                                 {90000, "1 day 1 h"},
                                 {2 * 86400, "2 days"},
                                 {40 * 86400, "1 month 9 days"},
                                 {800LL * 86400, "2 years 2 months"},
                                 {-90, "1 min 30 s"}};
  for (const Row& row : rows) EXPECT_EQ(span_text(std::chrono::seconds(row.seconds)), row.expected) << row.seconds;
}

TEST(InstantText, BeyondWhatClocksShow_SaidInWords) {
  EXPECT_EQ(instant_text(from_unix_seconds(1763880680)), "2025-11-23 06:51:20 UTC");
  EXPECT_EQ(instant_text(from_unix_seconds(1763880680000)), "after the year 9999");
  EXPECT_EQ(instant_text(from_unix_seconds(-1)), "before 1970");
}

TEST(ListText, CommasAndTheRest) {
  const std::array<std::string, 4> items = {"a", "b", "c", "d"};
  EXPECT_EQ(list_text(std::span(items).first(0)), "");
  EXPECT_EQ(list_text(std::span(items).first(1)), "a");
  EXPECT_EQ(list_text(std::span(items).first(2)), "a and b");
  EXPECT_EQ(list_text(items), "a, b, c and d");
  EXPECT_EQ(list_text(items, 2), "a, b and 2 more");
}

TEST(QuotedText, LongOnes_CutInTheMiddle) {
  EXPECT_EQ(quoted_text("a\tb"), "'a\\x09b'");
  EXPECT_EQ(quoted_text("abcdefghij", 4), "'ab…ij'");
}

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_EQ(wrap("aa bb cc", 0, 5), "aa bb\ncc");
  EXPECT_EQ(wrap("aa bb cc", 2, 7), "aa bb\n  cc");
  EXPECT_EQ(wrap("a-very-long-word b", 0, 4), "a-very-long-word\nb");
  EXPECT_EQ(wrap("a\nb", 3, 40), "a\n   b");
  EXPECT_EQ(wrap("éé é", 0, 4), "éé é");  // columns, not bytes
}

TEST(Harmless, NothingMovesTheCursor) { EXPECT_EQ(harmless("a\x1b[2J\nb\rc"), "a\\x1b[2J\nb\\x0dc"); }

}  // namespace
}  // namespace quivive::diagnose
