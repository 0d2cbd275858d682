#include "gateway/record_ring.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace quivive::gateway {
namespace {

// Rings live on the heap here as they do in a worker: AddressSanitizer's copy of a stack frame does not keep the alignment of
// a cache line that RecordRing asks for.
AccessRecord numbered(std::uint64_t n) {
  AccessRecord out;
  out.bytes_in = n;
  out.path = std::to_string(n);
  return out;
}

TEST(RecordRing, Empty_HasNoFront) {
  const auto owner = std::make_unique<RecordRing>();
  RecordRing& ring = *owner;
  EXPECT_EQ(ring.front(), nullptr);
  ASSERT_TRUE(ring.push(numbered(7)));
  ASSERT_NE(ring.front(), nullptr);
  EXPECT_EQ(ring.front()->path.view(), "7");
  ring.pop();
  EXPECT_EQ(ring.front(), nullptr);
}

TEST(RecordRing, Full_DropsTheNewAndCounts) {
  const auto owner = std::make_unique<RecordRing>();
  RecordRing& ring = *owner;
  for (std::size_t i = 0; i < RecordRing::kSize; ++i) ASSERT_TRUE(ring.push(numbered(i)));
  EXPECT_FALSE(ring.push(numbered(9999)));
  EXPECT_FALSE(ring.push(numbered(9999)));
  EXPECT_EQ(ring.dropped(), 2u);
  ring.pop();
  EXPECT_TRUE(ring.push(numbered(RecordRing::kSize)));
  for (std::size_t i = 1; i <= RecordRing::kSize; ++i, ring.pop()) {
    ASSERT_NE(ring.front(), nullptr);
    EXPECT_EQ(ring.front()->bytes_in, i);
  }
  EXPECT_EQ(ring.front(), nullptr);
}

TEST(RecordRing, TwoThreads_WholeRecordsInOrder) {
  constexpr std::uint64_t kRecords = 50'000;
  const auto owner = std::make_unique<RecordRing>();
  RecordRing& ring = *owner;
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= kRecords; ++i) {
      const AccessRecord record = numbered(i);
      while (!ring.push(record)) std::this_thread::yield();
    }
  });
  bool whole = true;
  for (std::uint64_t expected = 1; expected <= kRecords;) {
    const AccessRecord* record = ring.front();
    if (record == nullptr) {
      std::this_thread::yield();
      continue;
    }
    whole = whole && record->bytes_in == expected && record->path.view() == std::to_string(expected);
    ring.pop();
    ++expected;
  }
  writer.join();
  EXPECT_TRUE(whole);
  EXPECT_EQ(ring.front(), nullptr);
}

TEST(FixedText, LongText_IsCut) {
  FixedText<4> text;
  EXPECT_TRUE(text.empty());
  text = "abcdef";
  EXPECT_EQ(text.view(), "abcd");
  text = "ab\xe2\x82\xac";
  EXPECT_EQ(text.view(), "ab");  // never half a character
  text = "abc\xc3\xa9";
  EXPECT_EQ(text.view(), "abc");
  text = "ab\xc3\xa9" "c";
  EXPECT_EQ(text.view(), "ab\xc3\xa9");
  text = "a\x80\x80\x80\x80\x80";  // not UTF-8: something is kept all the same
  EXPECT_EQ(text.view().substr(0, 1), "a");
  text = "abcdef";
  const FixedText<4> copy = text;
  text = "";
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(copy.view(), "abcd");
}

}  // namespace
}  // namespace quivive::gateway
