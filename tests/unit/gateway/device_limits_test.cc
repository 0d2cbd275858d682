#include "gateway/device_limits.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::gateway {
namespace {

constexpr Instant kAt = from_unix_seconds(1'800'000'000);

// Tries codes until one has to wait, at most `most` of them; how many did not.
int tries(DeviceLimits& limits, std::string_view user, std::string_view client, int most, Instant now = kAt) {
  for (int i = 0; i < most; ++i) {
    if (limits.begin_code(user, client, now) > Duration{0}) return i;
    limits.end_code(user, client, true);
  }
  return most;
}

int requests(DeviceLimits& limits, std::string_view client, int most, Instant now = kAt) {
  for (int i = 0; i < most; ++i) {
    if (limits.begin_request(client, now) > Duration{0}) return i;
    limits.end_request(client, true);
  }
  return most;
}

TEST(DeviceLimits, RequestsOfANetwork_WaitBeyond200_AndNobodyElse) {
  DeviceLimits limits;
  EXPECT_EQ(requests(limits, "192.0.2.7", 1000), 200);
  EXPECT_EQ(requests(limits, "192.0.2.200", 10), 0);  // the same /24
  EXPECT_EQ(requests(limits, "198.51.100.7", 10), 10);
  EXPECT_EQ(requests(limits, "192.0.2.7", 10, kAt + std::chrono::seconds(9)), 2);  // one each 4.5 s
  EXPECT_EQ(requests(limits, "192.0.2.7", 1000, kAt + std::chrono::hours(1)), 200);
  EXPECT_LE(limits.begin_request("192.0.2.7", kAt + std::chrono::hours(1)), std::chrono::milliseconds(4500));
}

TEST(DeviceLimits, Loopback_NeverWaits) {
  DeviceLimits limits;
  for (const char* client : {"127.0.0.1", "::1"}) {
    EXPECT_EQ(requests(limits, client, 500), 500) << client;
    EXPECT_EQ(tries(limits, "alice", client, 50), 50) << client;
  }
}

TEST(DeviceLimits, RequestsThatMakeNoCode_AreNotCounted) {
  DeviceLimits limits;
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(limits.begin_request("192.0.2.7", kAt), Duration{0}) << i;
    limits.end_request("192.0.2.7", false);
  }
  EXPECT_EQ(requests(limits, "192.0.2.7", 1000), 200);
}

TEST(DeviceLimits, WrongCodes_AreCountedByUserWhereverTheyAre_AndByNetwork) {
  DeviceLimits limits;
  EXPECT_EQ(tries(limits, "alice", "192.0.2.7", 6), 6);
  EXPECT_EQ(tries(limits, "alice", "198.51.100.7", 50), 4);
  EXPECT_EQ(tries(limits, "alice", "2001:db8::1", 50), 0);
  EXPECT_EQ(tries(limits, "bob", "198.51.100.7", 50), 10);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(tries(limits, "u" + std::to_string(i), "192.0.2.7", 50), 10) << i;
  EXPECT_EQ(tries(limits, "carol", "192.0.2.7", 50), 4);  // of a hundred of this network
  EXPECT_EQ(tries(limits, "alice", "192.0.2.7", 50, kAt + std::chrono::minutes(15)), 10);
}

TEST(DeviceLimits, ACodeThatIsNotWrong_TakesBackItsOwnTryOnly) {
  DeviceLimits limits;
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(tries(limits, "alice", "192.0.2.7", 1), 1);
    ASSERT_EQ(limits.begin_code("alice", "192.0.2.7", kAt), Duration{0});
    limits.end_code("alice", "192.0.2.7", false);
  }
  EXPECT_EQ(tries(limits, "alice", "192.0.2.7", 50), 1);
}

}  // namespace
}  // namespace quivive::gateway
