#include "http/date.h"

#include <gtest/gtest.h>

namespace quivive::http {
namespace {

TEST(HttpDate, KnownInstants_AreWrittenAndReadBack) {
  struct Row {
    std::int64_t seconds;
    std::string_view text;
  };
  for (const Row& row : {Row{784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, Row{0, "Thu, 01 Jan 1970 00:00:00 GMT"}, Row{951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
                         Row{4102444799, "Thu, 31 Dec 2099 23:59:59 GMT"}, Row{-1, "Wed, 31 Dec 1969 23:59:59 GMT"}}) {
    std::string text;
    append_http_date(text, from_unix_seconds(row.seconds) + Duration{999});
    EXPECT_EQ(text, row.text);
    EXPECT_EQ(parse_http_date(row.text), from_unix_seconds(row.seconds));
  }
}

TEST(HttpDate, Malformed_IsNothing) {
  for (const std::string_view text : {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Wed, 30 Feb 2000 00:00:00 GMT",
                                      "Thu, 00 Feb 2000 00:00:00 GMT", "Sun, 06 Nev 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun; 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06-Nov-1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, +6 Nov 1994 08:49:37 GMT"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

TEST(HttpDate, LeapSecond_IsTheSecondBefore) {
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT"), from_unix_seconds(1483228799));
}

}  // namespace
}  // namespace quivive::http
