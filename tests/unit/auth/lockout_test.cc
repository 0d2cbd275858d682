#include "auth/lockout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace quivive::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant kStart = from_unix_seconds(1'800'000'000);
const std::string kHome = "192.0.2.0/24", kAway = "198.51.100.0/24";

Guess guess(std::string_view user = "alice", const std::string& network = kHome, bool familiar = false) {
  return {std::string(user), network, network, familiar};
}

// Wrong ones, as far as they are heard; how many were.
int fail(Lockouts& lockouts, int times, const Guess& of = guess(), Instant now = kStart) {
  int heard = 0;
  for (int i = 0; i < times; ++i) {
    if (lockouts.begin(of, now).time > Duration{0}) continue;
    lockouts.end(of, GuessResult::Wrong);
    ++heard;
  }
  return heard;
}

Duration wait(Lockouts& lockouts, const Guess& of = guess(), Instant now = kStart) { return lockouts.wait(of, now).time; }

TEST(Lockouts, TenFailures_Lock_ForOneShareOfTheWindow) {
  Lockouts lockouts;
  EXPECT_EQ(fail(lockouts, 9), 9);
  EXPECT_EQ(wait(lockouts), seconds(0));
  EXPECT_FALSE(lockouts.any(kStart));
  EXPECT_EQ(fail(lockouts, 5), 1);
  EXPECT_EQ(wait(lockouts), seconds(90));
  EXPECT_TRUE(lockouts.any(kStart + seconds(89)));
  EXPECT_FALSE(lockouts.any(kStart + seconds(90)));
  EXPECT_EQ(wait(lockouts, guess(), kStart + seconds(89)), seconds(1));
  EXPECT_EQ(wait(lockouts, guess(), kStart + seconds(90)), seconds(0));
  // One try is heard, and locks again.
  EXPECT_EQ(fail(lockouts, 3, guess(), kStart + seconds(90)), 1);
  EXPECT_EQ(wait(lockouts, guess(), kStart + seconds(90)), seconds(90));
}

TEST(Lockouts, FailuresDecay) {
  Lockouts lockouts;
  Instant now = kStart;
  for (int i = 0; i < 200; ++i) {  // as often as they decay
    EXPECT_EQ(fail(lockouts, 1, guess(), now), 1) << i;
    now += seconds(90);
  }
  fail(lockouts, 10, guess(), now);
  EXPECT_GT(wait(lockouts, guess(), now), seconds(0));
  EXPECT_EQ(fail(lockouts, 20, guess(), now + minutes(15)), 10);
}

TEST(Lockouts, GuessesSentAtOnce_AreTakenForWrong_UntilTheyEnd) {
  Lockouts lockouts;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(lockouts.begin(guess(), kStart).time, seconds(0));
  EXPECT_EQ(lockouts.begin(guess(), kStart).time, seconds(90));
  EXPECT_TRUE(lockouts.wait(guess(), kStart).busy);  // who comes now may be the one with the right password
  lockouts.end(guess(), GuessResult::Neither);
  EXPECT_EQ(lockouts.begin(guess(), kStart).time, seconds(0));
}

TEST(Lockouts, WhenTheyHaveFailed_TheWaitIsNotForThem) {
  Lockouts lockouts;
  fail(lockouts, 9);
  EXPECT_EQ(lockouts.begin(guess(), kStart).time, seconds(0));
  EXPECT_TRUE(lockouts.wait(guess(), kStart).busy);
  lockouts.end(guess(), GuessResult::Wrong);
  EXPECT_GT(wait(lockouts), seconds(0));
  EXPECT_FALSE(lockouts.wait(guess(), kStart).busy);
}

TEST(Lockouts, OtherLimits_AreLookedAtAtOnce) {
  Lockouts lockouts;
  fail(lockouts, 6);
  EXPECT_FALSE(lockouts.any(kStart));
  lockouts.set_limits({.failures = 2});
  EXPECT_TRUE(lockouts.any(kStart));
  EXPECT_GT(wait(lockouts), seconds(0));
}

TEST(Lockouts, NobodyElse_Waits) {
  Lockouts lockouts;
  fail(lockouts, 50);
  EXPECT_GT(wait(lockouts), seconds(0));
  EXPECT_EQ(wait(lockouts, guess("alice", kAway)), seconds(0));
  EXPECT_EQ(wait(lockouts, guess("bob")), seconds(0));
  EXPECT_EQ(wait(lockouts, guess("")), seconds(0));
}

TEST(Lockouts, ManyNamesFromOneNetwork_LockTheNetwork) {
  Lockouts lockouts;
  for (int i = 0; i < 100; ++i) fail(lockouts, 1, guess("user" + std::to_string(i)));
  EXPECT_EQ(wait(lockouts, guess("somebody new")), seconds(9));
  EXPECT_EQ(wait(lockouts, guess("alice", kHome, true)), seconds(0));  // who is at home there does not pay for it
  EXPECT_EQ(wait(lockouts, guess("user1", kAway)), seconds(0));
}

TEST(Lockouts, PlacesOfOneSite_ShareTheSitesCount) {
  Lockouts lockouts;
  for (int i = 0; i < 100; ++i) fail(lockouts, 1, {"alice" + std::to_string(i), "2001:db8:0:" + std::to_string(i) + "::/64", "2001:db8:0::/48", false});
  EXPECT_EQ(wait(lockouts, {"bob", "2001:db8:0:999::/64", "2001:db8:0::/48", false}), seconds(9));
}

TEST(Lockouts, OneNameFromEverywhere_LocksUnfamiliarPlacesOnly) {
  Lockouts lockouts;
  for (int i = 0; i < 100; ++i) fail(lockouts, 1, guess("alice", "203.0." + std::to_string(i) + ".0/24"));
  EXPECT_EQ(wait(lockouts, guess("alice", kAway)), seconds(9));
  EXPECT_TRUE(lockouts.wait(guess("alice", kAway), kStart).unless_familiar);
  EXPECT_EQ(wait(lockouts, guess("alice", kAway, true)), seconds(0));
  EXPECT_EQ(fail(lockouts, 20, guess("alice", kHome, true)), 10);  // there too nobody may guess for ever
  EXPECT_FALSE(lockouts.wait(guess("alice", kHome), kStart).unless_familiar);
  EXPECT_EQ(wait(lockouts, guess("bob", kAway)), seconds(0));
}

TEST(Lockouts, TheRightOne_ForgetsWhatWasMistyped) {
  Lockouts lockouts;
  fail(lockouts, 9);
  EXPECT_EQ(lockouts.begin(guess(), kStart).time, seconds(0));
  lockouts.end(guess(), GuessResult::Right);
  EXPECT_EQ(fail(lockouts, 9), 9);
  EXPECT_EQ(wait(lockouts), seconds(0));
}

// Wrong ones, each time as many as do not lock, and a right one after them, until it would have to wait; how many wrong ones were heard.
int guess_between_right_ones(Lockouts& lockouts, int at_a_time, Instant now) {
  int heard = 0;
  for (int round = 0; round < 20; ++round) {
    heard += fail(lockouts, at_a_time, guess(), now);
    if (lockouts.begin(guess(), now).time > Duration{0}) break;
    lockouts.end(guess(), GuessResult::Right);
  }
  return heard;
}

TEST(Lockouts, GuessesBetweenRightOnes_LockAtThreeTimesTheLimit) {
  Lockouts lockouts;
  EXPECT_EQ(guess_between_right_ones(lockouts, 9, kStart), 30);
  EXPECT_EQ(wait(lockouts), seconds(30));
  EXPECT_FALSE(lockouts.wait(guess(), kStart).unless_familiar);
  EXPECT_EQ(wait(lockouts, guess("alice", kAway)), seconds(0));
  EXPECT_EQ(lockouts.list(kStart).size(), 1U);
  // They decay as the others do.
  EXPECT_EQ(guess_between_right_ones(lockouts, 9, kStart + seconds(30)), 1);
  EXPECT_EQ(guess_between_right_ones(lockouts, 9, kStart + seconds(30) + minutes(15)), 30);
  EXPECT_EQ(lockouts.clear("alice", kHome), 1U);
  EXPECT_EQ(wait(lockouts, guess(), kStart + seconds(30) + minutes(15)), seconds(0));
}

TEST(Lockouts, RightOnesAlone_AreNeverCounted) {
  Lockouts lockouts;
  EXPECT_EQ(guess_between_right_ones(lockouts, 0, kStart), 0);
  EXPECT_EQ(lockouts.clear("alice", kHome), 0U);  // nothing of the pair is kept
  EXPECT_EQ(fail(lockouts, 20), 10);
}

TEST(Lockouts, AnOutageBetweenGuesses_CountsNowhere) {
  Lockouts lockouts;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(lockouts.begin(guess(), kStart).time, seconds(0));
    lockouts.end(guess(), GuessResult::Neither);
  }
  EXPECT_EQ(guess_between_right_ones(lockouts, 9, kStart), 30);
}

TEST(Lockouts, ARightOne_DoesNotForgiveTheNetwork) {
  Lockouts lockouts;
  for (int i = 0; i < 99; ++i) fail(lockouts, 1, guess("user" + std::to_string(i)));
  // Threat: an own account, to sign in with between guesses.
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(lockouts.begin(guess("mallory"), kStart).time, seconds(0));
    lockouts.end(guess("mallory"), GuessResult::Right);
  }
  fail(lockouts, 1, guess("user99"));
  EXPECT_GT(wait(lockouts, guess("mallory")), seconds(0));
}

TEST(Lockouts, ZeroIsNoLimit) {
  Lockouts lockouts;
  lockouts.set_limits({.failures = 0, .network_failures = 0, .user_failures = 0, .window = minutes(15)});
  EXPECT_EQ(fail(lockouts, 1000), 1000);
  EXPECT_TRUE(lockouts.list(kStart).empty());
}

TEST(Lockouts, ManyFailuresInAShortWindow_StillLock) {
  Lockouts lockouts;
  lockouts.set_limits({.failures = 2000, .network_failures = 0, .user_failures = 0, .window = seconds(1)});  // less than a millisecond each
  EXPECT_EQ(fail(lockouts, 3000), 2000);
  EXPECT_EQ(wait(lockouts), milliseconds(1));
}

TEST(Lockouts, AnotherWindow_BeginsWithNothingCounted) {
  Lockouts lockouts;
  lockouts.set_limits({.window = std::chrono::hours(24)});
  fail(lockouts, 10);
  EXPECT_GT(wait(lockouts), minutes(15));
  lockouts.set_limits({.failures = 20, .window = std::chrono::hours(24)});
  EXPECT_EQ(wait(lockouts), minutes(72));  // a share is shorter now
  lockouts.set_limits({});
  EXPECT_EQ(fail(lockouts, 20), 10);
}

TEST(Lockouts, ListAndClear) {
  Lockouts lockouts;
  fail(lockouts, 10);
  fail(lockouts, 10, guess("bob", kAway));
  fail(lockouts, 3, guess("carol"));
  using Locked = Lockouts::Locked;
  EXPECT_THAT(lockouts.list(kStart), ::testing::UnorderedElementsAre(Locked{"alice", kHome, kStart + seconds(90)}, Locked{"bob", kAway, kStart + seconds(90)}));
  EXPECT_EQ(lockouts.list(kStart, 1).size(), 1U);
  EXPECT_EQ(lockouts.clear("alice", ""), 2U);  // there, and everywhere
  EXPECT_THAT(lockouts.list(kStart), ::testing::ElementsAre(Locked{"bob", kAway, kStart + seconds(90)}));
  EXPECT_EQ(lockouts.clear("", kAway), 2U);  // bob's count there, and the network's
  EXPECT_TRUE(lockouts.list(kStart).empty());
  EXPECT_EQ(lockouts.clear("nobody", ""), 0U);
  EXPECT_EQ(lockouts.clear("", ""), 4U);  // carol's two, bob's everywhere, and the home network's
}

TEST(Lockouts, NamesAreKeptShort_AndWhole) {
  Lockouts lockouts;
  std::string name(255, 'x');
  name += "\xc3\xa9 and more";  // the cut would go through the letter
  fail(lockouts, 10, guess(name));
  ASSERT_EQ(lockouts.list(kStart).size(), 1U);
  EXPECT_EQ(lockouts.list(kStart)[0].user, std::string(255, 'x'));
  EXPECT_EQ(lockouts.clear(name, ""), 2U);
}

TEST(Lockouts, NamesWithoutEnd_StayBounded_AndTheLockedStayLocked) {
  Lockouts lockouts(1000);
  lockouts.set_limits({.failures = 10, .network_failures = 0, .user_failures = 0, .window = minutes(15)});
  fail(lockouts, 10);
  for (int i = 0; i < 20'000; ++i) fail(lockouts, 1, guess("user" + std::to_string(i), "10.0." + std::to_string(i % 250) + ".0/24"));
  EXPECT_GT(wait(lockouts), seconds(0));
  EXPECT_LE(lockouts.clear("", ""), 1001U);
}

TEST(Lockouts, OfManyThreads_ExactlyTheLimitIsHeard) {
  Lockouts lockouts;
  lockouts.set_limits({.failures = 250, .network_failures = 0, .user_failures = 0, .window = minutes(250)});
  std::atomic<int> heard = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { heard += fail(lockouts, 100); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(heard, 250);
  EXPECT_EQ(wait(lockouts), minutes(1));
}

}  // namespace
}  // namespace quivive::auth
