#include "client/origin.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

TEST(ParseTargetUrl, Forms) {
  struct Row {
    std::string_view url, expected;  // "" for refused
  };
  static constexpr Row rows[] = {
      {"https://a.test", "https://a.test/"},
      {"HTTPS://A.Test:443/X?q#f", "https://a.test/X?q"},
      {"http://a.test:80/", "http://a.test/"},
      {"http://a.test:8080", "http://a.test:8080/"},
      {"https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"},
      {"https://a.test?q", "https://a.test/?q"},
      {"https://a.test/?", "https://a.test/?"},
      {"https://a.test/x/../y/./z", "https://a.test/y/z"},
      {"https://a.test//evil.test/..", "https://a.test//"},
      {"https://a.test/@b.test", "https://a.test/@b.test"},
      {"https://u@a.test/", ""},
      {"https://@a.test/", ""},
      {"https://a.test:/", ""},
      {"https://a.test:0/", ""},
      {"https://a.test:99999/", ""},
      {"https://a.test\\@b.test/", ""},
      {"https://a.test\t/", ""},
      {" https://a.test/", ""},
      {"https://b\xc3\xbc" "cher.test/", ""},
      {"https://a%2etest/", ""},
      {"https:///x", ""},
      {"https:a.test/", ""},
      {"ftp://a.test/", ""},
      {"//a.test/", ""},
      {"a.test", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    const auto url = parse_target_url(row.url);
    EXPECT_EQ(url ? url->text() : "", row.expected) << row.url;
    if (url) {
      EXPECT_EQ(parse_target_url(url->text()), url) << row.url;
    }
  }
}

TEST(ResolveLocation, Forms) {
  struct Row {
    std::string_view location, expected;
  };
  static constexpr Row rows[] = {
      {"/y", "https://a.test:444/y"},
      {"y", "https://a.test:444/d/y"},
      {"../y", "https://a.test:444/y"},
      {"?z", "https://a.test:444/d/x?z"},
      {"#f", "https://a.test:444/d/x?q"},
      {" /y ", "https://a.test:444/y"},
      {"//b.test/z", "https://b.test/z"},
      {"http://b.test", "http://b.test/"},
      {"/a b\xc3\xbc", "https://a.test:444/a%20b%C3%BC"},
      {"/?u=https://c.test/", "https://a.test:444/?u=https://c.test/"},
      {"//u@b.test/", ""},
      {"https:/b.test", ""},
      {"https:b.test", ""},
      {"javascript:alert(1)", ""},
      {"/\\b.test", ""},
      {"/a\rb", ""},
      {"https://b.test\xc3\xbc/", ""},
  };
  const TargetUrl base = *parse_target_url("https://a.test:444/d/x?q");
  for (const Row& row : rows) {
    const auto url = resolve_location(base, row.location);
    EXPECT_EQ(url ? url->text() : "", row.expected) << row.location;
  }
}

TEST(Origin, Loopback) {
  for (const std::string_view url : {"http://localhost", "http://app.localhost:3000", "http://127.0.0.1", "http://127.1.2.3", "http://[::1]:80"}) {
    EXPECT_TRUE(origin_of(url)->loopback()) << url;
  }
  for (const std::string_view url : {"http://localhost.test", "http://127.0.0.1.test", "http://127.1", "http://10.0.0.1", "http://[::2]", "http://notlocalhost",
                                     "http://0.0.0.0", "http://127.0.0.x"}) {
    EXPECT_FALSE(origin_of(url)->loopback()) << url;
  }
}

}  // namespace
}  // namespace quivive::client
