#include "base/clock.h"

#include <gtest/gtest.h>

namespace quivive {
namespace {

using namespace std::chrono_literals;

TEST(UnixSeconds, Fraction_RoundsDownOnBothSidesOfTheEpoch) {
  struct Row {
    std::int64_t milliseconds, seconds;
  };
  for (const Row& row : {Row{0, 0}, Row{999, 0}, Row{1000, 1}, Row{1999, 1}, Row{-1, -1}, Row{-1000, -1}, Row{-1001, -2}}) {
    EXPECT_EQ(unix_seconds(Instant{Duration{row.milliseconds}}), row.seconds) << row.milliseconds;
  }
}

TEST(FromUnixSeconds, RoundTrips) {
  for (const std::int64_t s : {std::int64_t{0}, std::int64_t{-5}, std::int64_t{1'700'000'000}, std::int64_t{253'402'300'799}}) EXPECT_EQ(unix_seconds(from_unix_seconds(s)), s);
}

TEST(FixedClock, StandsStill_UntilTold) {
  FixedClock clock(from_unix_seconds(100));
  EXPECT_EQ(clock.now(), from_unix_seconds(100));
  EXPECT_EQ(clock.now(), from_unix_seconds(100));
  clock.advance(1500ms);
  EXPECT_EQ(clock.now(), Instant{101500ms});
  clock.set(from_unix_seconds(7));
  EXPECT_EQ(clock.now(), from_unix_seconds(7));
}

TEST(SystemClock, Now_IsTheSystemsTimeInMilliseconds) {
  const auto before = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const Instant now = SystemClock{}.now();
  const auto after = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

}  // namespace
}  // namespace quivive
