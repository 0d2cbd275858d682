#include "gateway/recent_notes.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

constexpr Instant kNoteTime = from_unix_seconds(1'800'000'000);

TEST(RecentNotes, OnceADay) {
  RecentNotes notes;
  EXPECT_TRUE(notes.is_due("a", kNoteTime));
  EXPECT_FALSE(notes.is_due("a", kNoteTime));
  EXPECT_TRUE(notes.is_due("b", kNoteTime));
  EXPECT_FALSE(notes.is_due("a", kNoteTime + RecentNotes::kAge - Duration{1}));
  EXPECT_TRUE(notes.is_due("a", kNoteTime + RecentNotes::kAge));
}

TEST(RecentNotes, AreBounded_ByForgetting) {
  RecentNotes notes;
  for (std::size_t n = 0; n < RecentNotes::kMost; ++n) EXPECT_TRUE(notes.is_due(std::to_string(n), kNoteTime));
  EXPECT_FALSE(notes.is_due("0", kNoteTime));
  EXPECT_TRUE(notes.is_due("one more", kNoteTime));
  EXPECT_TRUE(notes.is_due("0", kNoteTime));  // noted again, which does no harm
}

}  // namespace
}  // namespace quivive::gateway
