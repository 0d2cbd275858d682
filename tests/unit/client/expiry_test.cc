#include "client/expiry.h"

#include "base/base64.h"
#include "client/retry_after.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

using std::chrono::seconds;

constexpr Instant kExpiryTime = from_unix_seconds(1'800'000'000);  // Fri, 15 Jan 2027 08:00:00 GMT

Token jwt(std::string_view claims) {
  return {Secret(base64url_encode(R"({"alg":"RS256"})") + '.' + base64url_encode(claims) + ".c2ln"), Secret()};
}

TEST(ClockSkew, ByDate) {
  struct Row {
    std::string_view date, age;
    std::optional<Duration> expected;
  };
  for (const Row& row : {
           Row{"Fri, 15 Jan 2027 08:00:00 GMT", "", Duration{0}},
           {"Fri, 15 Jan 2027 08:00:01 GMT", "", Duration{0}},  // below what a Date can tell
           {"Fri, 15 Jan 2027 08:05:00 GMT", "", Duration{300'500}},
           {"Fri, 15 Jan 2027 07:55:00 GMT", "", Duration{-299'500}},
           {"Fri, 15 Jan 2027 07:00:00 GMT", "3600", std::nullopt},  // from a cache
           {"yesterday", "", std::nullopt},
       }) {
    std::vector<http::Field> fields{{"date", row.date}};
    if (!row.age.empty()) fields.push_back({"Age", row.age});
    EXPECT_EQ(clock_skew(fields, kExpiryTime), row.expected) << row.date;
  }
  EXPECT_EQ(clock_skew({}, kExpiryTime), std::nullopt);
}

TEST(ExpiryOf, TokenAndJwt) {
  Token said = jwt(R"({"exp":1800000100})");
  said.expires = kExpiryTime + seconds(5);
  EXPECT_EQ(expiry_of(said, seconds(60))->at, kExpiryTime + seconds(5));  // what expires_in said is by our clock already
  EXPECT_EQ(expiry_of(jwt(R"({"exp":1800000100})"), seconds(60))->at, kExpiryTime + seconds(40));
  EXPECT_EQ(expiry_of(jwt(R"({"exp":1800000100.9,"iat":1800000000})"), {})->issued, kExpiryTime);
  for (const std::string_view claims : {R"({})", R"({"exp":"1800000100"})", R"({"exp":-1})", R"({"exp":1e300})", R"({"exp":1800000000000000})"}) {
    EXPECT_FALSE(expiry_of(jwt(claims), {})) << claims;
  }
  EXPECT_FALSE(expiry_of({Secret("opaque"), Secret()}, {}));
}

TEST(RefreshDue, AheadWithJitter) {
  Token token{Secret("t"), Secret("r"), kExpiryTime + seconds(100)};
  FixedRandom random;
  EXPECT_TRUE(refresh_due(token, {}, seconds(100), kExpiryTime, random));
  EXPECT_FALSE(refresh_due(token, {}, seconds(79), kExpiryTime, random));  // a quarter more is 98.75
  // In between it is by chance: both come up.
  int due = 0;
  for (int i = 0; i < 100; ++i) due += refresh_due(token, {}, seconds(90), kExpiryTime, random);
  EXPECT_GT(due, 20);
  EXPECT_LT(due, 80);
}

TEST(RefreshDue, ShortLife_HalfOfIt) {
  Token token{Secret("t"), Secret("r"), kExpiryTime + seconds(30), kExpiryTime};
  FixedRandom random;
  EXPECT_FALSE(refresh_due(token, {}, seconds(60), kExpiryTime + seconds(14), random));
  EXPECT_TRUE(refresh_due(token, {}, seconds(60), kExpiryTime + seconds(15), random));
}

TEST(RefreshDue, ClockThatIsWrong_IsMadeUpFor) {
  FixedRandom random;
  const Token token = jwt(R"({"exp":1800003600})");  // in an hour, by a clock that is right
  EXPECT_FALSE(refresh_due(token, {}, seconds(60), kExpiryTime, random));
  EXPECT_TRUE(refresh_due(token, seconds(3590), seconds(60), kExpiryTime, random));  // ours is an hour slow
}

TEST(ParseRetryAfter, Forms) {
  struct Row {
    std::string_view value;
    std::optional<Duration> expected;
  };
  for (const Row& row : {
           Row{"0", Duration{0}},
           {"120", seconds(120)},
           {"99999999999999999999", std::chrono::days(365)},
           {"Fri, 15 Jan 2027 08:00:10 GMT", seconds(10)},
           {"Fri, 15 Jan 2027 07:00:00 GMT", Duration{0}},
           {"-1", std::nullopt},
           {"1.5", std::nullopt},
           {"", std::nullopt},
           {"soon", std::nullopt},
       }) {
    EXPECT_EQ(parse_retry_after(row.value, kExpiryTime, {}), row.expected) << row.value;
  }
  EXPECT_EQ(parse_retry_after("Fri, 15 Jan 2027 08:01:00 GMT", kExpiryTime, seconds(50)), seconds(10));
}

}  // namespace
}  // namespace quivive::client
