#include "digest/nonce_counts.h"

#include "support/allocation_count.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace quivive::digest {
namespace {

constexpr Instant kStart = from_unix_seconds(1'800'000'000);
constexpr Duration kLifetime = std::chrono::minutes(5);

Nonce nonce(std::uint32_t number, Instant issued = kStart) {
  Nonce out{.id = {}, .issued = issued};
  for (int i = 0; i < 4; ++i) out.id[9 - static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> 8 * i);
  return out;
}

struct Step {
  std::uint32_t count;
  NonceClaim expected;
};

TEST(NonceCounts, EachCountOnce_OutOfOrderWithinTheWindow) {
  constexpr auto Fresh = NonceClaim::Fresh, Replayed = NonceClaim::Replayed, Forgotten = NonceClaim::Forgotten;
  const Step steps[] = {{1, Fresh},    {1, Replayed}, {3, Fresh},   {2, Fresh},       {3, Replayed},  {2, Replayed},
                        {66, Fresh},   {4, Fresh},    {3, Replayed}, {2, Forgotten},   {65, Fresh},    {200, Fresh},
                        {136, Forgotten}, {137, Fresh}, {137, Replayed}, {0xffffffff, Fresh}, {0xffffffff, Replayed}, {0xfffffffe, Fresh},
                        {201, Forgotten}};
  NonceCounts counts(kLifetime);
  for (const Step& step : steps) EXPECT_EQ(counts.claim(nonce(1), step.count, kStart), step.expected) << step.count;
  EXPECT_EQ(counts.claim(nonce(2), 1, kStart), Fresh);  // another nonce has counts of its own
}

TEST(NonceCounts, RemembersAsLongAsANonceLives) {
  NonceCounts counts(kLifetime);
  Instant now = kStart;
  EXPECT_EQ(counts.claim(nonce(1), 1, now), NonceClaim::Fresh);
  for (std::uint32_t i = 2; now + kLifetime / 4 < kStart + kLifetime; ++i) {  // others come and go, and time with them
    now += kLifetime / 4;
    EXPECT_EQ(counts.claim(nonce(100 + i, now), 1, now), NonceClaim::Fresh);
    EXPECT_EQ(counts.claim(nonce(1), i, now), NonceClaim::Fresh);
    EXPECT_EQ(counts.claim(nonce(1), i, now), NonceClaim::Replayed);
  }
}

// Requests wait for the store, and a reload changes the lifetime: whenever a replay comes, it is no fresh claim.
TEST(NonceCounts, WhatWasUsed_IsNeverFreshAgain) {
  for (const Duration lifetime : {std::chrono::milliseconds(1), std::chrono::milliseconds(1000), std::chrono::milliseconds(300'000)}) {
    for (const std::size_t capacity : {std::size_t{1}, std::size_t{1'000'000}}) {
      NonceCounts counts(kLifetime, capacity);
      const Nonce used = nonce(16);
      ASSERT_EQ(counts.claim(used, 1, kStart), NonceClaim::Fresh);
      counts.set_lifetime(lifetime);
      for (std::uint32_t i = 2; i < 200; ++i) {
        const Instant now = kStart + i / 20 * std::chrono::seconds(7);  // many in one millisecond, too
        (void)counts.claim(nonce(16 * i, now), 1, now);
        EXPECT_NE(counts.claim(used, 1, now), NonceClaim::Fresh) << lifetime.count() << ' ' << capacity << ' ' << i;
        EXPECT_NE(counts.claim(used, 1, kStart), NonceClaim::Fresh);  // by a request that began then
      }
    }
  }
}

TEST(NonceCounts, AMillionUsedNonces_AreForgottenAsTheyAge) {
  const std::size_t before = support::allocated_octets();
  NonceCounts counts(kLifetime);
  std::size_t most = 0, most_octets = 0;
  Instant now = kStart;
  for (std::uint32_t i = 1; i <= 1'000'000; ++i) {
    if (i % 1000 == 0) now += std::chrono::seconds(3);  // fifty minutes in all
    ASSERT_EQ(counts.claim(nonce(i, now), 1, now), NonceClaim::Fresh);
    if (i % 10'000 != 0) continue;
    most = std::max(most, counts.size());
    most_octets = std::max(most_octets, support::allocated_octets() - before);
  }
  EXPECT_LT(most, 210'000U);  // two lifetimes of them
  RecordProperty("octets", static_cast<int>(most_octets));
  EXPECT_LT(most_octets, 16U * 1024 * 1024);
}

// The bound: what a million take that are all young, and no more whatever comes after them.
TEST(NonceCounts, AMillionYoungNonces_StayWithinTheirBound) {
  const std::size_t before = support::allocated_octets();
  NonceCounts counts(kLifetime);
  std::size_t most_octets = 0;
  for (std::uint32_t i = 1; i <= 1'200'000; ++i) {
    const Instant now = kStart + std::chrono::milliseconds(i / 100);
    ASSERT_EQ(counts.claim(nonce(i, now), 1, now), NonceClaim::Fresh);
    if (i % 10'000 == 0) most_octets = std::max(most_octets, support::allocated_octets() - before);
  }
  EXPECT_LE(counts.size(), 1'000'000U);
  RecordProperty("octets", static_cast<int>(most_octets));
  EXPECT_LT(most_octets, 80U * 1024 * 1024);
  EXPECT_GT(most_octets, 500'000U * 16);  // it was counted
}

TEST(NonceCounts, BeyondItsCapacity_TheOldestAreStale_NeverFresh) {
  NonceCounts counts(kLifetime, 64);
  Instant now = kStart;
  std::vector<Nonce> used;
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    now += std::chrono::milliseconds(10);
    used.push_back(nonce(i, now));
    ASSERT_EQ(counts.claim(used.back(), 1, now), NonceClaim::Fresh);
  }
  EXPECT_LE(counts.size(), 64U);
  std::size_t forgotten = 0;
  for (const Nonce& one : used) {
    const NonceClaim again = counts.claim(one, 1, now);
    EXPECT_NE(again, NonceClaim::Fresh);
    if (again == NonceClaim::Forgotten) ++forgotten;
  }
  EXPECT_GT(forgotten, 900U);
}

TEST(NonceCounts, ALongerLifetime_BringsNothingBackToLife) {
  NonceCounts counts(std::chrono::seconds(1));
  Instant now = kStart;
  EXPECT_EQ(counts.claim(nonce(1), 1, now), NonceClaim::Fresh);
  for (std::uint32_t i = 2; i < 100; ++i) (void)counts.claim(nonce(i, now), 1, now += std::chrono::seconds(1));
  counts.set_lifetime(kLifetime);
  EXPECT_EQ(counts.claim(nonce(1), 1, now), NonceClaim::Forgotten);
  EXPECT_EQ(counts.claim(nonce(100, now), 1, now), NonceClaim::Fresh);
  counts.set_lifetime(std::chrono::seconds(1));  // a shorter one costs nobody anything
  EXPECT_EQ(counts.claim(nonce(100, now), 2, now), NonceClaim::Fresh);
}

TEST(NonceCounts, OneWinnerOfMany) {
  NonceCounts counts(kLifetime);
  constexpr std::uint32_t kRounds = 2000;
  std::atomic<std::uint32_t> won{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint32_t i = 1; i <= kRounds; ++i) {
        if (counts.claim(nonce(i), 1, kStart) == NonceClaim::Fresh) ++won;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won.load(), kRounds);
}

}  // namespace
}  // namespace quivive::digest
