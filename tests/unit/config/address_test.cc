#include "config/address.h"

#include <gtest/gtest.h>

namespace quivive::config {
namespace {

TEST(ParseListenAddress, EveryForm) {
  struct Row {
    std::string_view text, host;
    std::uint16_t port;
    bool loopback;
  };
  for (const Row& row : {Row{"127.0.0.1:8080", "127.0.0.1", 8080, true}, Row{"localhost:1", "127.0.0.1", 1, true}, Row{":8080", "", 8080, false},
                         Row{"[::1]:65535", "::1", 65535, true}, Row{"[::]:80", "::", 80, false}, Row{"0.0.0.0:0", "0.0.0.0", 0, false}}) {
    const auto parsed = parse_listen_address(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(*parsed, (ListenAddress{std::string(row.host), row.port})) << row.text;
    EXPECT_EQ(is_loopback(*parsed), row.loopback) << row.text;
    EXPECT_EQ(parse_listen_address(to_string(*parsed)).value(), *parsed) << row.text;
  }
}

TEST(ListenAddress, Overlap_WhereOneCouldAnswerForTheOther) {
  struct Case {
    std::string_view a, b;
    bool expected;
  };
  for (const Case& row : {Case{"127.0.0.1:80", "127.0.0.1:80", true}, Case{"127.0.0.1:80", "127.0.0.1:81", false}, Case{"127.0.0.1:80", "127.0.0.2:80", false},
                          Case{":80", "127.0.0.1:80", true}, Case{":80", "[::1]:80", true}, Case{"[::]:80", "127.0.0.1:80", true},
                          Case{"0.0.0.0:80", "127.0.0.1:80", true}, Case{"0.0.0.0:80", "[::]:80", true}, Case{"0.0.0.0:80", "[::1]:80", false},
                          Case{"127.0.0.1:0", "127.0.0.1:0", false}}) {
    EXPECT_EQ(overlap(*parse_listen_address(row.a), *parse_listen_address(row.b)), row.expected) << row.a << ' ' << row.b;
    EXPECT_EQ(overlap(*parse_listen_address(row.b), *parse_listen_address(row.a)), row.expected) << row.b << ' ' << row.a;
  }
}

TEST(ParseListenAddress, AnythingElse_Refused) {
  for (const std::string_view text : {"", ":", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "example.com:80",
                                      "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80", "[]:80", "[::1:80", "127.0.0.1:80 ", "http://127.0.0.1:80", "127.0.0.1:99999999999999999999"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
  EXPECT_EQ(parse_listen_address("127.0.0.1:99999").error().message, "port 99999 is not between 1 and 65535");
}

TEST(ParseUrl, Parts) {
  struct Row {
    std::string_view text;
    Url url;
    std::string_view authority;
  };
  const Row rows[] = {
      {"http://127.0.0.1:9000", {false, "127.0.0.1", 9000, "/"}, "127.0.0.1:9000"},
      {"https://ID.Example.com", {true, "id.example.com", 443, "/"}, "id.example.com"},
      {"https://id.example.com:443/", {true, "id.example.com", 443, "/"}, "id.example.com"},
      {"HTTP://a", {false, "a", 80, "/"}, "a"},
      {"http://[::1]:8080/a?b=c", {false, "::1", 8080, "/a?b=c"}, "[::1]:8080"},
      {"http://my_service:80?x", {false, "my_service", 80, "/?x"}, "my_service"},
  };
  for (const Row& row : rows) {
    const auto parsed = parse_url(row.text);
    ASSERT_TRUE(parsed) << row.text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, row.url) << row.text;
    EXPECT_EQ(authority(*parsed), row.authority);
    EXPECT_EQ(parse_url(to_string(*parsed)).value(), *parsed) << row.text;
  }
}

TEST(ParseUrl, AnythingElse_Refused) {
  for (const std::string_view text : {"", "http://", "https://:80", "ftp://a", "a", "//a", "http:/a", "http://a:0", "http://a:", "http://a:65536", "http://a b", "http://a\nb",
                                      "http://a/b c", "http://a/#f", "http://a/\\b", "http://::1/", "http://[::1", "http://[a]/", "http://a..b/", "http://.a/", "http://a./", "http://2130706433/",
                                      "http://0x7f.1/", "http://127.1/", "http://a,b/", "http://\xc3\xa9.example/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("http://" + std::string(254, 'a') + "/"));
  EXPECT_FALSE(parse_url("http://" + std::string(64, 'a') + ".b/"));
}

TEST(ParseUrl, WithPassword_RefusedWithoutQuotingIt) {
  for (const std::string_view text : {"http://user:hunter2@a/", "ftp://user:hunter2@a/", "https://hunter2@a"}) {
    const auto parsed = parse_url(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().message.find("hunter2"), std::string::npos) << parsed.error().message;
  }
}

}  // namespace
}  // namespace quivive::config
