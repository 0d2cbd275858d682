#include "http/host.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::http {
namespace {

TEST(HostPort, Valid_IsSplit) {
  struct Row {
    std::string_view text, host;
    int port;  // 0 for none
  };
  for (const Row& row : {Row{"a", "a", 0}, Row{"api.example.com:8080", "api.example.com", 8080}, Row{"127.0.0.1:1", "127.0.0.1", 1},
                         Row{"[::1]", "[::1]", 0}, Row{"[::]:65535", "[::]", 65535}, Row{"[2001:db8::1:2]:80", "[2001:db8::1:2]", 80},
                         Row{"[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", 0}, Row{"[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", 0},
                         Row{"[1:2:3:4:5:6:1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]", 0}, Row{"[1::]", "[1::]", 0}, Row{"xn--bcher-kva_x", "xn--bcher-kva_x", 0},
                         Row{"api.example.com.", "api.example.com.", 0}, Row{"a.:80", "a.", 80}}) {
    const auto parsed = parse_host_port(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(parsed->host, row.host);
    EXPECT_EQ(parsed->port.value_or(0), row.port);
  }
}

TEST(HostPort, Invalid_IsRefused) {
  for (const std::string_view text : {"", ":", ":80", "a:", "a:0", "a:65536", "a:123456", "a:8o", "a:-1", "a b", "a,b", "a/", "a?", "a#", "u@a", "a%41", "a\\b",
                                      "\xc3\xa4", "[", "[]", "[::1", "::1", "[::1]x", "[:::]", "[1:2]", "[1::2::3]", "[1:2:3:4:5:6:7:8:9]", "[12345::]", "[g::]",
                                      "[::1%25eth0]", "[v1.x]", "[1:2:3:4:5:6:7:1.2.3.4]", "[::1.2.3]", "[::1.2.3.256]", "[::01.2.3.4]", "[1:]", "[:1]",
                                      "[1:2:3:4:5:6:7::8]x", "[1:2:3:4::5:6:7:8]", "a'b", "a;b", "a!b", ".", "..", ".a", "a..", "a..b", "a..:80"}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
  EXPECT_TRUE(parse_host_port(std::string(255, 'a')));
  EXPECT_FALSE(parse_host_port(std::string(256, 'a')));
}

}  // namespace
}  // namespace quivive::http
