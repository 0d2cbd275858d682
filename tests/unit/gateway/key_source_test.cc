#include "gateway/key_source.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

using Advice = KeySource::Advice;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class KeySourceTest : public testing::Test {
 protected:
  Advice advise(KeyWish wish, std::string_view kid = "k") { return source_.advise(wish, kid, now_); }
  void wait(Duration d) { now_ += d; }
  void succeed() {
    source_.fetch_began();
    source_.fetch_succeeded(now_);
  }
  void fail() {
    source_.fetch_began();
    source_.fetch_failed(now_);
  }

  Instant now_ = from_unix_seconds(1'800'000'000);
  KeySource source_{KeySource::Settings{}};
};

TEST_F(KeySourceTest, NeverFetched_FetchesForAnyWish) {
  for (const KeyWish wish : {KeyWish::NeverFetched, KeyWish::UnknownKid, KeyWish::BadSignature}) EXPECT_EQ(advise(wish), Advice::Fetch);
  EXPECT_FALSE(source_.usable(now_));
  EXPECT_FALSE(source_.last_success());
}

TEST_F(KeySourceTest, NeverFetched_DoesNotSpendTheBudget) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::Fetch);
  succeed();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Fetch) << i;
}

TEST_F(KeySourceTest, FirstFetchFailed_UnavailableUntilTheRetry) {
  fail();
  for (const KeyWish wish : {KeyWish::NeverFetched, KeyWish::UnknownKid, KeyWish::BadSignature}) EXPECT_EQ(advise(wish), Advice::Unavailable);
  source_.fetch_began();
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::Fetch);  // joins the one in flight
  source_.fetch_failed(now_);
  wait(seconds(5) - milliseconds(1));
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::Unavailable);
  wait(milliseconds(1));
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::Fetch);
}

TEST_F(KeySourceTest, KeysAtHand_AreUsed) {
  succeed();
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::UseCurrent);
  EXPECT_EQ(source_.last_success(), now_);
}

TEST_F(KeySourceTest, UnknownKids_BoundedByTheBudget) {
  succeed();
  int fetches = 0;
  for (int i = 0; i < 100; ++i) fetches += advise(KeyWish::UnknownKid, "made-up-" + std::to_string(i)) == Advice::Fetch;
  EXPECT_EQ(fetches, 3);
  EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Unavailable);  // it may be there: nobody has looked
  source_.answered("made-up-1", now_);
  EXPECT_EQ(advise(KeyWish::UnknownKid, "made-up-1"), Advice::UseCurrent);
  EXPECT_EQ(advise(KeyWish::BadSignature), Advice::UseCurrent);  // one budget for both
}

TEST_F(KeySourceTest, Budget_RefillsOneAtATimeUpToItsSize) {
  succeed();
  const auto fetches_now = [&] {
    int n = 0;
    while (advise(KeyWish::UnknownKid) == Advice::Fetch) ++n;
    return n;
  };
  EXPECT_EQ(fetches_now(), 3);
  wait(seconds(20) - milliseconds(1));
  EXPECT_EQ(fetches_now(), 0);
  wait(milliseconds(1));
  EXPECT_EQ(fetches_now(), 1);
  wait(seconds(40));
  EXPECT_EQ(fetches_now(), 2);
  wait(hours(5));
  EXPECT_EQ(fetches_now(), 3);
}

TEST_F(KeySourceTest, InFlight_IsJoinedWithoutSpending) {
  succeed();
  source_.fetch_began();
  EXPECT_TRUE(source_.in_flight());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Fetch);
  source_.fetch_succeeded(now_);
  EXPECT_FALSE(source_.in_flight());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Fetch) << i;
}

TEST_F(KeySourceTest, AnsweredKid_NotAskedForAgainForAWhile) {
  succeed();
  source_.answered("gone", now_);
  EXPECT_EQ(advise(KeyWish::UnknownKid, "gone"), Advice::UseCurrent);
  EXPECT_EQ(advise(KeyWish::BadSignature, "gone"), Advice::UseCurrent);
  EXPECT_EQ(advise(KeyWish::UnknownKid, "other"), Advice::Fetch);
  wait(seconds(60) - milliseconds(1));
  EXPECT_EQ(advise(KeyWish::UnknownKid, "gone"), Advice::UseCurrent);
  wait(milliseconds(1));
  EXPECT_EQ(advise(KeyWish::UnknownKid, "gone"), Advice::Fetch);
}

TEST_F(KeySourceTest, AnsweredKids_Bounded_OldOnesMakeRoom) {
  succeed();
  for (int i = 0; i < 1000; ++i) source_.answered("old-" + std::to_string(i), now_);
  source_.answered("new", now_);  // no room: not remembered, the budget still bounds
  EXPECT_EQ(advise(KeyWish::UnknownKid, "new"), Advice::Fetch);
  wait(seconds(60));
  source_.answered("new", now_);
  EXPECT_EQ(advise(KeyWish::UnknownKid, "new"), Advice::UseCurrent);
}

TEST_F(KeySourceTest, Outage_UnknownKidProvesNothing_BadSignatureStaysBad) {
  succeed();
  fail();
  EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Unavailable);
  EXPECT_EQ(advise(KeyWish::BadSignature), Advice::UseCurrent);
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::UseCurrent);
  wait(seconds(5));
  EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Fetch);
}

TEST_F(KeySourceTest, Outage_BudgetSpent_UnknownKidStillUnavailable) {
  succeed();
  for (int i = 0; i < 3; ++i) (void)advise(KeyWish::UnknownKid);
  fail();
  wait(seconds(5));
  EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Unavailable);
  EXPECT_EQ(advise(KeyWish::BadSignature), Advice::UseCurrent);
}

TEST_F(KeySourceTest, MaxStale_EndsUse) {
  succeed();
  wait(hours(24) - milliseconds(1));
  EXPECT_TRUE(source_.usable(now_));
  wait(milliseconds(1));
  EXPECT_FALSE(source_.usable(now_));
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::Fetch);
  fail();
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::Unavailable);
}

TEST_F(KeySourceTest, Refresh_DueEarlierByTheJitter) {
  EXPECT_TRUE(source_.due(now_, 0));
  source_.fetch_began();
  EXPECT_FALSE(source_.due(now_, 0));
  source_.fetch_succeeded(now_);
  struct Row {
    double jitter;
    Duration after;
  };
  for (const Row& row : {Row{0, minutes(10)}, Row{0.5, minutes(9)}, Row{1, minutes(8)}}) {
    EXPECT_FALSE(source_.due(now_ + row.after - milliseconds(1), row.jitter)) << row.jitter;
    EXPECT_TRUE(source_.due(now_ + row.after, row.jitter)) << row.jitter;
  }
}

TEST_F(KeySourceTest, Configured_NewTimesCount) {
  succeed();
  wait(minutes(2));
  EXPECT_FALSE(source_.due(now_, 0));
  KeySource::Settings sooner;
  sooner.refresh = minutes(1);
  sooner.max_stale = minutes(2);
  source_.configure(sooner);
  EXPECT_TRUE(source_.due(now_, 0));
  EXPECT_FALSE(source_.usable(now_));
}

TEST_F(KeySourceTest, Failures_BackOffDoubledUpToFiveMinutes) {
  for (const Duration expected : {seconds(5), seconds(10), seconds(20), seconds(40), seconds(80), seconds(160), seconds(300), seconds(300), seconds(300)}) {
    fail();
    EXPECT_FALSE(source_.due(now_ + expected - milliseconds(1), 1)) << expected.count();
    EXPECT_TRUE(source_.due(now_ + expected, 0)) << expected.count();
  }
  succeed();
  fail();
  EXPECT_TRUE(source_.due(now_ + seconds(5), 0));  // a success starts over
}

TEST_F(KeySourceTest, Failures_WithoutEnd_StayBounded) {
  for (int i = 0; i < 100'000; ++i) fail();
  EXPECT_TRUE(source_.due(now_ + minutes(5), 0));
  EXPECT_FALSE(source_.due(now_ + minutes(5) - milliseconds(1), 0));
}

TEST_F(KeySourceTest, Restored_UsableAndDueAtOnce) {
  source_.restored(now_);
  EXPECT_TRUE(source_.usable(now_));
  EXPECT_TRUE(source_.due(now_, 0));
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::UseCurrent);
  fail();
  EXPECT_TRUE(source_.usable(now_));  // the issuer is down at the start: what was kept still verifies
  EXPECT_EQ(advise(KeyWish::UnknownKid), Advice::Unavailable);
}

// A start is no fetch: keys that nobody has seen for longer than max_stale must not live on through restarts.
TEST_F(KeySourceTest, Restored_AgesFromItsFetch) {
  source_.restored(now_ - hours(24) + milliseconds(1));
  EXPECT_TRUE(source_.usable(now_));
  EXPECT_FALSE(source_.usable(now_ + milliseconds(1)));
  source_.restored(Instant{});  // the file's time could not be read
  EXPECT_FALSE(source_.usable(now_));
  EXPECT_TRUE(source_.due(now_, 0));
}

TEST_F(KeySourceTest, MaxStaleZero_UsableUntilAFetchFails) {
  source_.configure({.max_stale = Duration{0}});
  source_.restored(now_);
  EXPECT_FALSE(source_.usable(now_)) << "not fetched by this process";
  succeed();
  EXPECT_TRUE(source_.usable(now_));
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::UseCurrent);
  wait(minutes(10));
  EXPECT_TRUE(source_.usable(now_)) << "the refresh is due, and did not fail yet";
  fail();
  EXPECT_FALSE(source_.usable(now_));
  EXPECT_EQ(advise(KeyWish::NeverFetched), Advice::Unavailable);
  wait(seconds(5));
  succeed();
  EXPECT_TRUE(source_.usable(now_));
  wait(minutes(20));
  EXPECT_FALSE(source_.usable(now_)) << "a fetch that never ends is none";
}

}  // namespace
}  // namespace quivive::gateway
