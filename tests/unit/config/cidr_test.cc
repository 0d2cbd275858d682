#include "config/cidr.h"

#include <gtest/gtest.h>

#include <vector>

namespace quivive::config {
namespace {

TEST(ParseIp, TwoSpellingsOfOnePeer_AreEqual) {
  EXPECT_EQ(parse_ip("192.0.2.1"), parse_ip("::ffff:192.0.2.1"));
  EXPECT_EQ(parse_ip("::1"), parse_ip("0:0:0:0:0:0:0:1"));
  EXPECT_EQ(parse_ip("192.0.2.1"), ip_from_v4({192, 0, 2, 1}));
  EXPECT_EQ(parse_ip("2001:db8::1"), ip_from_v6({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_NE(parse_ip("::c000:201"), parse_ip("192.0.2.1"));  // IPv4-compatible, not IPv4-mapped
}

TEST(ParseIp, NotAnAddress_Nothing) {
  for (const std::string_view text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x7f.0.0.1", "2130706433", "1.2.3.4 ", " 1.2.3.4", "[::1]", "fe80::1%eth0",
                                      "::1::", "12345::", "localhost", "1.2.3.4/8", "::ffff:1.2.3.4.5"}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
  EXPECT_FALSE(parse_ip(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(parse_ip(std::string(1000, '1')));
}

TEST(IsLoopback, BothFamilies) {
  for (const std::string_view text : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"}) EXPECT_TRUE(is_loopback(*parse_ip(text))) << text;
  for (const std::string_view text : {"126.255.255.255", "128.0.0.0", "::", "::2", "0.0.0.0", "1::1"}) EXPECT_FALSE(is_loopback(*parse_ip(text))) << text;
}

TEST(Cidr, Edges_InAndOut) {
  struct Row {
    std::string_view network, ip;
    bool inside;
  };
  for (const Row& row : {
           Row{"10.0.0.0/8", "10.0.0.0", true},        Row{"10.0.0.0/8", "10.255.255.255", true},  Row{"10.0.0.0/8", "11.0.0.0", false},
           Row{"10.0.0.0/8", "9.255.255.255", false},  Row{"10.0.0.0/8", "::ffff:10.1.2.3", true}, Row{"10.0.0.0/8", "a00::", false},
           Row{"192.0.2.1", "192.0.2.1", true},        Row{"192.0.2.1", "192.0.2.0", false},       Row{"192.0.2.1/32", "192.0.2.2", false},
           Row{"192.0.2.128/25", "192.0.2.127", false}, Row{"192.0.2.128/25", "192.0.2.128", true}, Row{"0.0.0.0/0", "255.255.255.255", true},
           Row{"0.0.0.0/0", "::1", false},             Row{"::/0", "1.2.3.4", true},               Row{"::/0", "ff::", true},
           Row{"fd00::/8", "fdff::1", true},           Row{"fd00::/8", "fe00::", false},           Row{"2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true},
           Row{"2001:db8::/64", "2001:db8:0:1::", false}, Row{"2001:db8::/65", "2001:db8:0:0:8000::", false}, Row{"2001:db8::/63", "2001:db8:0:1::", true},
           Row{"::1", "::1", true},                    Row{"::1/128", "::2", false},               Row{"::ffff:10.0.0.0/104", "10.9.9.9", true},
       }) {
    const auto network = Cidr::parse(row.network);
    ASSERT_TRUE(network) << row.network << ": " << network.error().message;
    EXPECT_EQ(network->contains(*parse_ip(row.ip)), row.inside) << row.network << " " << row.ip;
  }
}

TEST(Cidr, WrongText_RefusedWithHint) {
  for (const std::string_view text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8", "::/129", "10/8", "everyone", "10.0.0.0/0x8"}) {
    EXPECT_FALSE(Cidr::parse(text)) << text;
  }
  EXPECT_NE(Cidr::parse("10.1.0.0/8").error().message.find("did you mean 10.0.0.0/8?"), std::string::npos);
  EXPECT_NE(Cidr::parse("fd00::1/8").error().message.find("did you mean fd00::/8?"), std::string::npos);
}

TEST(Cidr, IsEverything_OnlyTheWholeOfAFamily) {
  EXPECT_TRUE(Cidr::parse("0.0.0.0/0")->is_everything());
  EXPECT_TRUE(Cidr::parse("::/0")->is_everything());
  EXPECT_FALSE(Cidr::parse("0.0.0.0/1")->is_everything());
  EXPECT_FALSE(Cidr::parse("::/1")->is_everything());
}

TEST(Contains, TextOrBytes_AnyNetwork) {
  const std::vector<Cidr> networks = {*Cidr::parse("10.0.0.0/8"), *Cidr::parse("::1")};
  EXPECT_TRUE(contains(networks, "10.1.1.1"));
  EXPECT_TRUE(contains(networks, *parse_ip("::1")));
  EXPECT_FALSE(contains(networks, "192.0.2.1"));
  EXPECT_FALSE(contains(networks, "10.1.1.1, 192.0.2.1"));
  EXPECT_FALSE(contains({}, "10.1.1.1"));
}

}  // namespace
}  // namespace quivive::config
