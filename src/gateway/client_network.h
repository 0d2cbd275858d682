#pragma once
// The networks that a client's failures are counted by: whoever has one address there mostly has more.

#include <string>
#include <string_view>

namespace quivive::gateway {

// "192.0.2.0/24" twice, or "2001:db8:0:1::/64" and "2001:db8::/48". What is no address counts as one network. Both "" for loopback: that is the
// operator, or a proxy that is not among trusted_proxies, behind which all the world would share one count. An IPv4 address within
// IPv6 (RFC 4291 section 2.5.5.2, RFC 6052 section 2.1) is that IPv4 address: behind a translator all share one /64.
struct ClientNetwork {
  std::string place;  // that one customer has
  // That one site may have (RFC 6177). Threat: a customer with a /48 has 65,536 networks to guess from.
  std::string site;
};
[[nodiscard]] ClientNetwork client_network(std::string_view address);

}  // namespace quivive::gateway
