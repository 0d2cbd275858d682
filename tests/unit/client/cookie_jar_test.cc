#include "client/cookie_jar.h"

#include "client/origin.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

constexpr Instant kJarTime = from_unix_seconds(1'800'000'000);

const Origin kSite = *origin_of("https://app.a.test/");

TEST(CookieJar, WhatIsStored) {
  struct Row {
    std::string_view what, line;
    bool stored;
    std::string_view url = "https://app.a.test/";
  };
  const std::string long_value = "s=" + std::string(4096, 'x');
  const Row rows[] = {
      {"plain", "s=1", true},
      {"of the host itself", "s=1; Domain=app.a.test", true},
      {"of a domain above it: kept for the host", "s=1; Domain=a.test", true},
      {"of another host", "s=1; Domain=evil.test", false},
      {"of a host below", "s=1; Domain=x.app.a.test", false},
      {"of a name that only ends alike", "s=1; Domain=p.a.test", false},
      {"no name", "=1", false},
      {"no equals sign", "s", false},
      {"a line break", "s=1\nx", false},
      {"too large", long_value, false},
      {"Secure over http", "s=1; Secure", false, "http://app.a.test/"},
      {"Secure from the machine itself", "s=1; Secure", true, "http://localhost/"},
      {"__Secure-", "__Secure-s=1; Secure", true},
      {"__Secure- without Secure", "__Secure-s=1", false},
      {"__secure- in small letters", "__secure-s=1", false},
      {"__Host-", "__Host-s=1; Secure; Path=/", true},
      {"__Host- with a Domain", "__Host-s=1; Secure; Path=/; Domain=app.a.test", false},
      {"__Host- without Path", "__Host-s=1; Secure", false},
      {"__Host- with another Path", "__Host-s=1; Secure; Path=/x", false},
      {"__Host- without Secure", "__Host-s=1; Path=/", false},
  };
  for (const Row& row : rows) {
    CookieJar jar;
    EXPECT_EQ(jar.store(row.line, *origin_of(row.url), "/", kJarTime), row.stored) << row.what;
    EXPECT_EQ(jar.cookies().size(), row.stored ? 1u : 0u) << row.what;
  }
}

TEST(CookieJar, WhatIsSent) {
  CookieJar jar;
  for (const std::string_view line : {"a=1; Path=/", "b=2; Path=/deep", "c=3", "d=4; Secure; Path=/", "e=5; Max-Age=60; Path=/", "f=6; Expires=Fri, 15 Jan 2027 08:00:10 GMT; Path=/"}) {
    EXPECT_TRUE(jar.store(line, kSite, "/deep/x", kJarTime)) << line;
  }
  const Origin plain = *origin_of("http://app.a.test/");
  using std::chrono::seconds;
  EXPECT_EQ(jar.header(kSite, "/deep/y", kJarTime), "b=2; c=3; a=1; d=4; e=5; f=6");  // longest path first, then the oldest
  EXPECT_EQ(jar.header(kSite, "/deeper", kJarTime), "a=1; d=4; e=5; f=6");
  EXPECT_EQ(jar.header(plain, "/", kJarTime), "a=1; e=5; f=6");
  EXPECT_EQ(jar.header(kSite, "/", kJarTime + seconds(10)), "a=1; d=4; e=5");
  EXPECT_EQ(jar.header(kSite, "/", kJarTime + seconds(60)), "a=1; d=4");
}

TEST(CookieJar, NewerOneTakesThePlace_ExpiredOneRemoves) {
  CookieJar jar;
  EXPECT_TRUE(jar.store("a=1; Path=/", kSite, "/", kJarTime));
  EXPECT_TRUE(jar.store("b=1; Path=/", kSite, "/", kJarTime));
  EXPECT_TRUE(jar.store("a=2; Path=/", kSite, "/", kJarTime));
  EXPECT_EQ(jar.header(kSite, "/", kJarTime), "a=2; b=1");
  EXPECT_TRUE(jar.store("a=; Path=/; Max-Age=0", kSite, "/", kJarTime));
  EXPECT_EQ(jar.header(kSite, "/", kJarTime), "b=1");
}

TEST(CookieJar, IsBounded) {
  CookieJar jar;
  for (std::size_t i = 0; i < 3 * kMaxCookies; ++i) EXPECT_TRUE(jar.store("c" + std::to_string(i) + "=1", kSite, "/", kJarTime));
  EXPECT_EQ(jar.cookies().size(), kMaxCookies);
  EXPECT_EQ(jar.cookies().back().name, "c" + std::to_string(3 * kMaxCookies - 1));
}

TEST(CookieJar, RestoredCookieWithALineBreak_IsNotSent) {
  CookieJar jar;
  jar.restore({.name = "a", .value = Secret("1\r\nX: y"), .path = "/"});
  EXPECT_EQ(jar.header(kSite, "/", kJarTime), "");
}

}  // namespace
}  // namespace quivive::client
