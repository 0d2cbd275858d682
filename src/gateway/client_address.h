#pragma once
// Whom the log names, and whose failures are counted: the client's address, also behind proxies.

#include "config/cidr.h"
#include "http/request.h"

#include <span>
#include <string_view>

namespace quivive::gateway {

struct Peer {
  std::string_view text;
  config::IpAddress ip;
};

// The peer's address; behind trusted proxies the last of X-Forwarded-For that none of them has: what is left of it was written by
// the client, since each proxy appends the peer that it saw. A port after an address, as some proxies write it, is left out. What
// cannot be read ends the walk. Loopback is a proxy's, never the client's. The result lies in the fields, or in `peer`.
[[nodiscard]] std::string_view client_address(const http::RequestView& view, std::span<const config::Cidr> trusted, const Peer& peer);

// Whether the peer is on this machine and says that it forwards for somebody, and is not among `trusted`: all its clients are then taken for one.
[[nodiscard]] bool is_unknown_proxy(const http::RequestView& view, std::span<const config::Cidr> trusted, const Peer& peer);

}  // namespace quivive::gateway
