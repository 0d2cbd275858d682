#pragma once
// `host[:port]`, the value of Host and the authority of an http(s) URI.

#include <cstdint>
#include <optional>
#include <string_view>

namespace quivive::http {

struct HostPort {
  std::string_view host;              // as sent; an IPv6 address keeps its brackets
  std::optional<std::uint16_t> port;  // nothing where none was sent
};

// uri-host [ ":" port ] (RFC 9110 section 7.2), narrowed to what names a machine: letters, digits, '-', '.', '_', or an
// IPv6 address in brackets; the port is 1-65535. Percent-encoding, sub-delims, user info, IPvFuture, an empty host and
// an empty port are refused: readers differ on them. At most 255 bytes of host. Borrows from `text`.
[[nodiscard]] std::optional<HostPort> parse_host_port(std::string_view text);

}  // namespace quivive::http
