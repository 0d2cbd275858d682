#include "http/url.h"

#include <gtest/gtest.h>

namespace quivive::http {
namespace {

TEST(ParseUrl, Parts_AsWritten) {
  const Url url = parse_url("HTTPS://u%40x:p@Api.Example.com:8443/a/b?x=1&y#frag");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.userinfo, "u%40x:p");
  EXPECT_EQ(url.host, "api.example.com");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.path, "/a/b");
  EXPECT_EQ(url.query, "x=1&y");
  EXPECT_EQ(url.text(), "https://api.example.com:8443/a/b?x=1&y");  // neither user info nor fragment
}

TEST(ParseUrl, Forms) {
  struct Row {
    std::string_view text;
    bool assume_host;
    std::string_view expected;  // text()
  };
  static constexpr Row rows[] = {
      {"https://example.com", false, "https://example.com/"},
      {"http://example.com:80/", false, "http://example.com/"},  // the scheme's own port
      {"http://[::1]:8080/x", false, "http://[::1]:8080/x"},
      {"http://[::1]/x", false, "http://[::1]/x"},
      {"//cdn.example.com/x", false, "cdn.example.com/x"},
      {"/just/a/path?q", false, "/just/a/path?q"},
      {"example.com/x", true, "example.com/x"},
      {"example.com:9000/x", true, "example.com:9000/x"},
      {"localhost:8080", true, "localhost:8080/"},
      {"/path", true, "/path"},
      {"http://host:99999/x", false, "http://host:99999/x"},  // no port: it stays with the host
      {"http://host:/x", false, "http://host/x"},
      {"http://host?x", false, "http://host/?x"},
      {"", false, ""},
  };
  for (const Row& row : rows) EXPECT_EQ(parse_url(row.text, row.assume_host).text(), row.expected) << row.text;
}

TEST(Resolve, RFC3986_Section5_4) {
  const Url base = parse_url("http://a/b/c/d;p?q");
  struct Row {
    std::string_view reference, expected;
  };
  static constexpr Row rows[] = {
      {"g", "http://a/b/c/g"},    {"./g", "http://a/b/c/g"},     {"g/", "http://a/b/c/g/"},      {"/g", "http://a/g"},
      {"//g", "http://g/"},       {"?y", "http://a/b/c/d;p?y"},  {"g?y", "http://a/b/c/g?y"},    {"#s", "http://a/b/c/d;p?q"},
      {"", "http://a/b/c/d;p?q"}, {".", "http://a/b/c/"},        {"..", "http://a/b/"},          {"../g", "http://a/b/g"},
      {"../..", "http://a/"},     {"../../g", "http://a/g"},     {"../../../g", "http://a/g"},   {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},    {"g/./h", "http://a/b/c/g/h"}, {"https://x/y", "https://x/y"}, {"  /g  ", "http://a/g"},
  };
  for (const Row& row : rows) EXPECT_EQ(resolve(base, row.reference).text(), row.expected) << row.reference;
}

TEST(Resolve, OtherHost_TakesNoUserInfoAlong) { EXPECT_EQ(resolve(parse_url("https://u:p@a/x"), "/y").userinfo, ""); }

TEST(SameOrigin, SchemeHostAndPort) {
  EXPECT_TRUE(same_origin(parse_url("https://a/x"), parse_url("https://A:443/y")));
  EXPECT_FALSE(same_origin(parse_url("https://a/"), parse_url("http://a/")));
  EXPECT_FALSE(same_origin(parse_url("https://a/"), parse_url("https://a:8443/")));
  EXPECT_FALSE(same_origin(parse_url("https://a/"), parse_url("https://b.a/")));
}

}  // namespace
}  // namespace quivive::http
