// What every Store promises about nonces that several gateways share.

#include "backend.h"

#include <gmock/gmock.h>

#include <atomic>

namespace quivive::store {
namespace {

class NonceContract : public StoreContract {
 protected:
  CountClaim claim(std::string_view nonce, std::uint32_t count, Instant issued = kNow) { return must(store_.claim_count(nonce, issued, count)); }
  CountClaim elsewhere(std::string_view nonce, std::uint32_t count, Instant issued = kNow) { return must(other_.claim_count(nonce, issued, count)); }
  std::string master(Store& store, char proposal, Instant now = kNow) {
    return std::string(must(store.nonce_master(Secret(std::string(kNonceMasterSize, proposal)), now)).reveal(RevealSecret{}));
  }
};

TEST_P(NonceContract, FirstMaster_IsEverybodys) {
  EXPECT_EQ(master(store_, 'a'), std::string(kNonceMasterSize, 'a'));
  EXPECT_EQ(master(other_, 'b'), std::string(kNonceMasterSize, 'a'));
  EXPECT_EQ(master(store_, 'c'), std::string(kNonceMasterSize, 'a'));
}

TEST_P(NonceContract, MasterOfAnotherLength_IsRefused) {
  for (const std::size_t size : {0, 31, 33}) EXPECT_FALSE(store_.nonce_master(Secret(std::string(size, 'a')), kNow)) << size;
  EXPECT_EQ(master(other_, 'b'), std::string(kNonceMasterSize, 'b'));
}

TEST_P(NonceContract, ACount_IsFreshOnce_Anywhere) {
  EXPECT_EQ(claim("n", 1), CountClaim::Fresh);
  EXPECT_EQ(elsewhere("n", 1), CountClaim::Replayed);
  EXPECT_EQ(elsewhere("n", 3), CountClaim::Fresh);
  EXPECT_EQ(claim("n", 2), CountClaim::Fresh);  // overtaken
  EXPECT_EQ(claim("n", 3), CountClaim::Replayed);
  EXPECT_EQ(elsewhere("m", 1), CountClaim::Fresh);
  EXPECT_EQ(claim(std::string_view("n\0", 2), 1), CountClaim::Fresh);
}

TEST_P(NonceContract, AtTheEdgesOfTheWindow) {
  constexpr std::uint32_t kLast = 0xffff'ffff;
  EXPECT_EQ(claim("n", kLast), CountClaim::Fresh);
  EXPECT_EQ(elsewhere("n", kLast - kCountWindow + 1), CountClaim::Fresh);
  EXPECT_EQ(claim("n", kLast - kCountWindow + 1), CountClaim::Replayed);
  EXPECT_EQ(claim("n", kLast - kCountWindow), CountClaim::Forgotten);
  EXPECT_EQ(claim("n", kLast), CountClaim::Replayed);
}

TEST_P(NonceContract, WhatIsForgotten_IsNeverFreshAgain) {
  ASSERT_EQ(claim("old", 1, after(1)), CountClaim::Fresh);
  ASSERT_EQ(claim("same", 1, after(2)), CountClaim::Fresh);
  ASSERT_EQ(claim("young", 1, after(3)), CountClaim::Fresh);
  EXPECT_EQ(must(other_.forget_nonces(after(2), 100)), 2u);
  EXPECT_EQ(claim("old", 1, after(1)), CountClaim::Forgotten);
  EXPECT_EQ(elsewhere("same", 2, after(2)), CountClaim::Forgotten);
  EXPECT_EQ(elsewhere("never seen", 1, after(2)), CountClaim::Forgotten);  // it cannot be told from one that was
  EXPECT_EQ(elsewhere("young", 1, after(3)), CountClaim::Replayed);
  EXPECT_EQ(elsewhere("young", 2, after(3)), CountClaim::Fresh);
  // A clock that went back forgets nothing more, and brings nothing back.
  EXPECT_EQ(must(store_.forget_nonces(after(1), 100)), 0u);
  EXPECT_EQ(claim("same", 3, after(2)), CountClaim::Forgotten);
}

TEST_P(NonceContract, WhereNothingIsDropped_NothingIsForgotten) {
  EXPECT_EQ(must(other_.forget_nonces(after(1'000'000), 100)), 0u);  // by a clock that is ahead, and is put right then
  EXPECT_EQ(claim("n", 1, after(1)), CountClaim::Fresh);
  EXPECT_EQ(must(other_.forget_nonces(after(1'000'000), 100)), 1u);
  EXPECT_EQ(claim("n", 2, after(1)), CountClaim::Forgotten);
  EXPECT_EQ(claim("m", 1, after(2)), CountClaim::Fresh);
}

TEST_P(NonceContract, AClockThatWasAhead_TakesANewMaster) {
  ASSERT_EQ(master(store_, 'a'), std::string(kNonceMasterSize, 'a'));
  ASSERT_EQ(claim("before", 1, after(-10)), CountClaim::Fresh);
  ASSERT_EQ(claim("ahead", 1, after(90'000)), CountClaim::Fresh);
  ASSERT_EQ(claim("far ahead", 1, after(95'000)), CountClaim::Fresh);
  ASSERT_EQ(must(store_.forget_nonces(after(90'000), 100)), 2u);
  EXPECT_EQ(master(other_, 'b', after(90'000)), std::string(kNonceMasterSize, 'a'));  // as long as it is ahead
  EXPECT_EQ(claim("after", 1, after(1)), CountClaim::Forgotten);
  EXPECT_EQ(master(other_, 'c'), std::string(kNonceMasterSize, 'c'));
  EXPECT_EQ(master(store_, 'd'), std::string(kNonceMasterSize, 'c'));
  EXPECT_EQ(claim("before", 2, after(-10)), CountClaim::Forgotten);
  EXPECT_EQ(elsewhere("after", 1, after(1)), CountClaim::Fresh);
  EXPECT_EQ(claim("after", 1, after(1)), CountClaim::Replayed);
}

TEST_P(NonceContract, ManyAreForgotten) {
  constexpr int kMany = 100;
  for (int i = 0; i < kMany; ++i) ASSERT_EQ(claim("n" + std::to_string(i), 1, after(i / 10)), CountClaim::Fresh);
  EXPECT_EQ(must(store_.forget_nonces(after(4), 1000)), 50u);
  for (int i = 0; i < kMany; ++i) EXPECT_EQ(elsewhere("n" + std::to_string(i), 1, after(i / 10)), i < 50 ? CountClaim::Forgotten : CountClaim::Replayed) << i;
}

TEST_P(NonceContract, OfMoreThanMost_TheNewestStay) {
  for (int i = 1; i <= 5; ++i) ASSERT_EQ(claim("n" + std::to_string(i), 1, after(i)), CountClaim::Fresh);
  ASSERT_EQ(claim("twin of 3", 1, after(3)), CountClaim::Fresh);
  EXPECT_EQ(must(store_.forget_nonces(kNow, 6)), 0u);
  EXPECT_EQ(must(store_.forget_nonces(kNow, 3)), 4u);  // of the twins one is too many: neither can stay
  EXPECT_EQ(elsewhere("twin of 3", 2, after(3)), CountClaim::Forgotten);
  EXPECT_EQ(elsewhere("n4", 1, after(4)), CountClaim::Replayed);
  EXPECT_EQ(must(store_.forget_nonces(kNow, 0)), 2u);
  EXPECT_EQ(elsewhere("n5", 2, after(5)), CountClaim::Forgotten);
}

TEST_P(NonceContract, IdOutOfBounds_IsAnError) {
  EXPECT_FALSE(store_.claim_count("", kNow, 1));
  EXPECT_FALSE(store_.claim_count(std::string(kMaxNonceId + 1, 'n'), kNow, 1));
  EXPECT_EQ(claim(std::string(kMaxNonceId, 'n'), 1), CountClaim::Fresh);
}

TEST_P(NonceContract, NothingOfIt_CountsAsAChange) {
  const auto before = version();
  (void)master(store_, 'a');
  EXPECT_EQ(claim("n", 1), CountClaim::Fresh);
  EXPECT_EQ(must(store_.forget_nonces(after(9), 100)), 1u);
  EXPECT_EQ(version(), before);
}

TEST_P(NonceContract, OfManyWhoClaimTheSame_OneWins) {
  constexpr int kCounts = 50, kThreads = 8;
  std::atomic<int> fresh{0}, replayed{0};
  on_threads(kThreads, [&](int i) {
    Store& store = i % 2 == 0 ? store_ : other_;
    for (std::uint32_t count = 1; count <= kCounts; ++count) {
      const auto claimed = store.claim_count("n", kNow, count);
      if (!claimed) continue;
      if (*claimed == CountClaim::Fresh) ++fresh;
      if (*claimed == CountClaim::Replayed) ++replayed;
    }
  });
  EXPECT_EQ(fresh, kCounts);
  EXPECT_EQ(replayed, kCounts * (kThreads - 1));
}

TEST_P(NonceContract, OfManyWhoPropose_OneMasterComes) {
  constexpr int kThreads = 8;
  std::vector<std::string> got(kThreads);
  on_threads(kThreads, [&](int i) {
    auto master = (i % 2 == 0 ? store_ : other_).nonce_master(Secret(std::string(kNonceMasterSize, static_cast<char>('a' + i))), kNow);
    if (master) got[static_cast<std::size_t>(i)] = master->reveal(RevealSecret{});
  });
  EXPECT_EQ(got.front().size(), kNonceMasterSize);
  EXPECT_THAT(got, testing::Each(got.front()));
}

INSTANTIATE_TEST_SUITE_P(Stores, NonceContract, all_kinds(), kind_name);

}  // namespace
}  // namespace quivive::store
