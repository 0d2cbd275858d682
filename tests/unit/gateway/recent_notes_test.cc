#include "gateway/recent_notes.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

constexpr Instant kNow = from_unix_seconds(1'800'000'000);

TEST(RecentNotes, OnceADay) {
  RecentNotes notes;
  EXPECT_TRUE(notes.is_due("a", kNow));
  EXPECT_FALSE(notes.is_due("a", kNow));
  EXPECT_TRUE(notes.is_due("b", kNow));
  EXPECT_FALSE(notes.is_due("a", kNow + RecentNotes::kAge - Duration{1}));
  EXPECT_TRUE(notes.is_due("a", kNow + RecentNotes::kAge));
}

TEST(RecentNotes, AreBounded_ByForgetting) {
  RecentNotes notes;
  for (std::size_t n = 0; n < RecentNotes::kMost; ++n) EXPECT_TRUE(notes.is_due(std::to_string(n), kNow));
  EXPECT_FALSE(notes.is_due("0", kNow));
  EXPECT_TRUE(notes.is_due("one more", kNow));
  EXPECT_TRUE(notes.is_due("0", kNow));  // noted again, which does no harm
}

}  // namespace
}  // namespace quivive::gateway
