#include "gateway/client_address.h"

#include <gtest/gtest.h>

#include <vector>

namespace quivive::gateway {
namespace {

constexpr std::string_view kProxy = "10.0.0.1";

std::string address_behind(std::vector<std::string_view> values, std::string_view peer = kProxy) {
  const std::vector<config::Cidr> trusted = {*config::Cidr::parse("10.0.0.0/8")};
  std::vector<http::Field> fields;
  for (const std::string_view value : values) fields.push_back({"X-Forwarded-For", value, http::FieldId::XForwardedFor});
  http::RequestView view;
  view.fields = fields;
  return std::string(client_address(view, trusted, {peer, *config::parse_ip(peer)}));
}

TEST(ClientAddress, BehindProxies) {
  struct Row {
    std::vector<std::string_view> values;
    std::string_view address;
  };
  const Row rows[] = {
      {{}, "10.0.0.1"},
      {{"192.0.2.7"}, "192.0.2.7"},
      {{"198.51.100.1, 192.0.2.7"}, "192.0.2.7"},  // the first was written by the client
      {{"198.51.100.1, 192.0.2.7, 10.9.9.9"}, "192.0.2.7"},
      {{"198.51.100.1", "192.0.2.7, 10.9.9.9"}, "192.0.2.7"},
      {{"10.1.1.1"}, "10.1.1.1"},
      {{"192.0.2.7:4711"}, "192.0.2.7"},
      {{"[2001:db8::1]:4711"}, "2001:db8::1"},
      {{"[2001:db8::1]"}, "2001:db8::1"},
      {{"2001:db8::1"}, "2001:db8::1"},
      {{"2001:db8::1:4711"}, "2001:db8::1:4711"},  // an address, not a port
      {{"192.0.2.7:port"}, "10.0.0.1"},
      {{"192.0.2.7:"}, "10.0.0.1"},
      {{"192.0.2.7:123456"}, "10.0.0.1"},
      {{"[2001:db8::1]x"}, "10.0.0.1"},
      {{"[2001:db8::1"}, "10.0.0.1"},
      {{"192.0.2.7, unknown, 10.9.9.9"}, "10.9.9.9"},
      {{""}, "10.0.0.1"},
      {{"127.0.0.1"}, "10.0.0.1"},
      {{"127.0.0.1, 10.7.7.7"}, "10.7.7.7"},
      {{"::1, 10.7.7.7"}, "10.7.7.7"},
      {{"192.0.2.7, 127.0.0.1, 10.7.7.7"}, "10.7.7.7"},  // which nobody trusts here
      {{"198.51.100.1, ::ffff:127.0.0.1, 10.7.7.7"}, "10.7.7.7"},
  };
  for (const Row& row : rows) EXPECT_EQ(address_behind(row.values), row.address) << (row.values.empty() ? "" : row.values[0]);
}

TEST(ClientAddress, OfAStranger_IsWhatTheSocketSays) { EXPECT_EQ(address_behind({"192.0.2.7"}, "203.0.113.5"), "203.0.113.5"); }

TEST(ClientAddress, AProxyOnThisMachine_IsUnknown_UnlessItIsTrusted) {
  const auto is_unknown = [](std::string_view peer, std::vector<std::string_view> trusted_networks, std::vector<http::Field> fields) {
    std::vector<config::Cidr> trusted;
    for (const std::string_view network : trusted_networks) trusted.push_back(*config::Cidr::parse(network));
    http::RequestView view;
    view.fields = fields;
    return is_unknown_proxy(view, trusted, {peer, *config::parse_ip(peer)});
  };
  const http::Field x_forwarded{"X-Forwarded-For", "192.0.2.7", http::FieldId::XForwardedFor}, forwarded{"Forwarded", "for=192.0.2.7", http::FieldId::Forwarded};
  EXPECT_TRUE(is_unknown("127.0.0.1", {}, {x_forwarded}));
  EXPECT_TRUE(is_unknown("127.0.0.1", {"10.0.0.0/8"}, {forwarded}));
  EXPECT_TRUE(is_unknown("::1", {"127.0.0.0/8"}, {x_forwarded}));
  EXPECT_FALSE(is_unknown("127.0.0.1", {}, {}));
  EXPECT_FALSE(is_unknown("127.0.0.1", {"127.0.0.1"}, {x_forwarded}));
  EXPECT_FALSE(is_unknown("192.0.2.1", {}, {x_forwarded}));  // a client may write it there as well
}

}  // namespace
}  // namespace quivive::gateway
