#include "gateway/client_network.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

TEST(ClientNetwork, ByFamily) {
  constexpr std::string_view kRows[][3] = {
      {"192.0.2.77", "192.0.2.0/24", "192.0.2.0/24"},
      {"255.1.2.3", "255.1.2.0/24", "255.1.2.0/24"},
      {"::ffff:192.0.2.77", "192.0.2.0/24", "192.0.2.0/24"},
      {"64:ff9b::192.0.2.77", "192.0.2.0/24", "192.0.2.0/24"},
      {"64:ff9b::1:192.0.2.77", "64:ff9b:0:0::/64", "64:ff9b:0::/48"},
      {"2001:db8:0:1:aaaa:bbbb:cccc:dddd", "2001:db8:0:1::/64", "2001:db8:0::/48"},
      {"fe80::1", "fe80:0:0:0::/64", "fe80:0:0::/48"},
      {"127.0.0.1", "", ""},
      {"127.8.9.10", "", ""},
      {"::1", "", ""},
      {"", "unknown", "unknown"},
      {"nonsense", "unknown", "unknown"},
      {"fe80::1%eth0", "fe80:0:0:0::/64", "fe80:0:0::/48"},
  };
  for (const auto& [address, place, site] : kRows) {
    EXPECT_EQ(client_network(address).place, place) << address;
    EXPECT_EQ(client_network(address).site, site) << address;
  }
}

}  // namespace
}  // namespace quivive::gateway
