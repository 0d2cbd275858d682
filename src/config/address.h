#pragma once
// Where to listen and where to connect: host:port and URL texts, taken apart. Pure text; nothing is resolved.

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::config {

// A place to listen on.
struct ListenAddress {
  std::string host;        // an IP address without brackets; "" for every interface, both families
  std::uint16_t port = 0;  // 0: the system picks a free one

  bool operator==(const ListenAddress&) const = default;
};

// "127.0.0.1:8080", "[::1]:8080", ":8080", "localhost:8080" (127.0.0.1). Other names are refused: what they mean may
// change between two starts.
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);
// Whether only this machine can connect to it.
[[nodiscard]] bool is_loopback(const ListenAddress& address);
// Whether a connection to one of them could be answered by a listener on the other.
[[nodiscard]] bool overlap(const ListenAddress& a, const ListenAddress& b);
// The inverse of parse_listen_address.
[[nodiscard]] std::string to_string(const ListenAddress& address);

// An http or https URL (RFC 9110 section 4.2), without user information or fragment.
struct Url {
  bool tls = false;        // https
  std::string host;        // a lower-case name, or an IP address without brackets
  std::uint16_t port = 0;  // 80 and 443 filled in
  std::string target;      // path and query, starts with "/"

  bool operator==(const Url&) const = default;
};

[[nodiscard]] Result<Url> parse_url(std::string_view text);
// "host" or "host:port" where the port is not the scheme's own; brackets around IPv6: the value of a Host field.
[[nodiscard]] std::string authority(const Url& url);
// scheme://authority, without the target.
[[nodiscard]] std::string origin(const Url& url);
[[nodiscard]] std::string to_string(const Url& url);

}  // namespace quivive::config
