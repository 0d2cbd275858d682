#include "http/set_cookie.h"

#include <gtest/gtest.h>

namespace quivive::http {
namespace {

TEST(ParseCookieDate, AsBrowsersReadThem) {
  EXPECT_EQ(parse_cookie_date("Wed, 21 Oct 2015 07:28:00 GMT"), from_unix_seconds(1445412480));
  EXPECT_EQ(parse_cookie_date("Wed, 21-Oct-15 07:28:00 GMT"), from_unix_seconds(1445412480));
  EXPECT_EQ(parse_cookie_date("Wednesday, 21-Oct-2015 07:28:00 UTC"), from_unix_seconds(1445412480));
  EXPECT_EQ(parse_cookie_date("Wed Oct 21 07:28:00 2015"), from_unix_seconds(1445412480));
  EXPECT_EQ(parse_cookie_date("Wed, 32 Oct 2015 07:28:00 GMT"), std::nullopt);
  EXPECT_EQ(parse_cookie_date("soon"), std::nullopt);
}

TEST(CookiePath, DefaultsAndMatches) {
  EXPECT_EQ(default_cookie_path("/a/b/c"), "/a/b");
  EXPECT_EQ(default_cookie_path("/a"), "/");
  EXPECT_EQ(default_cookie_path(""), "/");
  EXPECT_TRUE(cookie_path_matches("/a/b", "/a"));
  EXPECT_TRUE(cookie_path_matches("/a/", "/a/"));
  EXPECT_TRUE(cookie_path_matches("", "/"));
  EXPECT_FALSE(cookie_path_matches("/ab", "/a"));
  EXPECT_FALSE(cookie_path_matches("/a", "/a/"));
}

}  // namespace
}  // namespace quivive::http
