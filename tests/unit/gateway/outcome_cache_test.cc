#include "gateway/outcome_cache.h"

#include <gtest/gtest.h>

#include <cstring>

namespace quivive::gateway {
namespace {

constexpr Instant kCacheStart = from_unix_seconds(1'800'000'000);

// A key whose set is chosen by `set` and which is told from others by `n`.
OutcomeCache::Key key_in(std::uint64_t set, std::uint8_t n) {
  OutcomeCache::Key key{};
  std::memcpy(key.data(), &set, sizeof set);
  key[31] = n;
  return key;
}
Remembered entry(std::string identity, Instant until = kCacheStart + std::chrono::minutes(1)) {
  Remembered out;
  out.identity = std::move(identity);
  out.until = until;
  return out;
}
std::string found(OutcomeCache& cache, const OutcomeCache::Key& key, Instant now = kCacheStart) {
  const Remembered* hit = cache.find(key, now);
  return std::string(hit == nullptr ? std::string_view("-") : hit->identity);
}

class OutcomeCacheTest : public testing::Test {
 protected:
  OutcomeCache cache_{Secret("0123456789abcdef0123456789abcdef"), 8};  // two sets of four
};

TEST_F(OutcomeCacheTest, Put_IsFoundUntilItsInstant) {
  const auto key = cache_.key_of("c", "token");
  EXPECT_EQ(found(cache_, key), "-");
  cache_.put(key, entry("alice"));
  EXPECT_EQ(found(cache_, key), "alice");
  EXPECT_EQ(found(cache_, key, kCacheStart + std::chrono::minutes(1) - Duration(1)), "alice");
  EXPECT_EQ(found(cache_, key, kCacheStart + std::chrono::minutes(1)), "-");
  EXPECT_EQ(found(cache_, key), "-");  // expired means gone, should the clock step back
}

TEST_F(OutcomeCacheTest, Put_Twice_Replaces) {
  const auto key = cache_.key_of("c", "token");
  cache_.put(key, entry("old"));
  cache_.put(key, entry("new"));
  EXPECT_EQ(found(cache_, key), "new");
}

TEST_F(OutcomeCacheTest, Put_BesideAnExpiredEntry_LeavesNoOldCopy) {
  cache_.put(key_in(0, 1), entry("short", kCacheStart + Duration(1)));
  cache_.put(key_in(0, 2), entry("old"));
  EXPECT_EQ(found(cache_, key_in(0, 1), kCacheStart + Duration(1)), "-");       // its slot is empty now, before the other's
  cache_.put(key_in(0, 2), entry("new", kCacheStart + Duration(10)));
  EXPECT_EQ(found(cache_, key_in(0, 2)), "new");
  EXPECT_EQ(found(cache_, key_in(0, 2), kCacheStart + Duration(10)), "-");
  EXPECT_EQ(found(cache_, key_in(0, 2), kCacheStart), "-");  // the replaced outcome must not come back
}

TEST_F(OutcomeCacheTest, FullSet_LosesTheLeastRecentlyUsed) {
  for (std::uint8_t n = 1; n <= 4; ++n) cache_.put(key_in(0, n), entry(std::to_string(n)));
  cache_.put(key_in(1, 9), entry("other set"));
  EXPECT_EQ(found(cache_, key_in(0, 1)), "1");
  cache_.put(key_in(0, 5), entry("5"));
  EXPECT_EQ(found(cache_, key_in(0, 2)), "-");
  for (const int n : {1, 3, 4, 5}) EXPECT_EQ(found(cache_, key_in(0, static_cast<std::uint8_t>(n))), std::to_string(n));
  EXPECT_EQ(found(cache_, key_in(1, 9)), "other set");
}

TEST_F(OutcomeCacheTest, Flood_NeverGrows) {
  for (int i = 0; i < 10'000; ++i) cache_.put(cache_.key_of("c", std::to_string(i)), entry(std::to_string(i)));
  int left = 0;
  for (int i = 0; i < 10'000; ++i) left += found(cache_, cache_.key_of("c", std::to_string(i))) == std::to_string(i);
  EXPECT_EQ(left, 8);
}

TEST_F(OutcomeCacheTest, Clear_ForgetsAll) {
  cache_.put(key_in(0, 1), entry("1"));
  cache_.put(key_in(1, 1), entry("2"));
  cache_.clear();
  EXPECT_EQ(found(cache_, key_in(0, 1)), "-");
  EXPECT_EQ(found(cache_, key_in(1, 1)), "-");
}

// Thousands of tokens with hundreds of roles, each of them good, must not take the machine's memory.
TEST(OutcomeCache, LargeEntries_MakeOthersBeForgotten) {
  OutcomeCache cache(Secret("0123456789abcdef0123456789abcdef"), 1024);
  const std::string large(100'000, 'x');
  const auto last = cache.key_of("c", "last");
  for (int i = 0; i < 2000; ++i) {
    cache.put(cache.key_of("c", std::to_string(i)), entry(large));
    EXPECT_LE(cache.bytes(), 1024 * OutcomeCache::kBytesPerEntry);
  }
  int left = 0;
  for (int i = 0; i < 2000; ++i) left += cache.find(cache.key_of("c", std::to_string(i)), kCacheStart) != nullptr;
  EXPECT_EQ(left, 10);
  EXPECT_NE(cache.find(cache.key_of("c", "1999"), kCacheStart), nullptr);  // the new one itself stays
  cache.put(last, entry(std::string(3'000'000, 'x')));
  EXPECT_NE(cache.find(last, kCacheStart), nullptr);  // alone, beyond the bound
  cache.put(last, entry("small"));
  EXPECT_EQ(found(cache, last), "small");
  EXPECT_LT(cache.bytes(), 1024u);
  EXPECT_EQ(found(cache, last, kCacheStart + std::chrono::hours(1)), "-");
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(OutcomeCache, Clear_GivesTheBytesBack) {
  OutcomeCache cache(Secret("0123456789abcdef0123456789abcdef"), 64);
  for (int i = 0; i < 100; ++i) cache.put(cache.key_of("c", std::to_string(i)), entry(std::to_string(i)));
  EXPECT_GT(cache.bytes(), 0u);
  cache.clear();
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(OutcomeCache, SizeZero_RemembersNothing) {
  OutcomeCache cache(Secret("0123456789abcdef0123456789abcdef"), 0);
  const auto key = cache.key_of("c", "token");
  cache.put(key, entry("alice"));
  EXPECT_EQ(found(cache, key), "-");
  cache.clear();
}

TEST(OutcomeCache, OddSize_RoundedUp) {
  OutcomeCache cache(Secret("0123456789abcdef0123456789abcdef"), 1);
  for (std::uint8_t n = 1; n <= 4; ++n) cache.put(key_in(n, n), entry(std::to_string(n)));
  for (std::uint8_t n = 1; n <= 4; ++n) EXPECT_EQ(found(cache, key_in(n, n)), std::to_string(n));
}

TEST(OutcomeCache, Key_DependsOnContextCredentialAndProcess) {
  OutcomeCache one(Secret("0123456789abcdef0123456789abcdef"), 8);
  OutcomeCache other(Secret("another-process-another-process!"), 8);
  const auto key = one.key_of("t", "x");
  EXPECT_EQ(key, one.key_of("t", "x"));
  EXPECT_NE(key, one.key_of("b", "x"));
  EXPECT_NE(key, one.key_of("t", "y"));
  EXPECT_NE(key, other.key_of("t", "x"));
}

}  // namespace
}  // namespace quivive::gateway
