#pragma once
// IP addresses and networks in binary form: parsed once, matched per request without allocation.

#include "base/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quivive::config {

// An IPv4 or IPv6 address as 128 bits; IPv4 is kept IPv4-mapped (RFC 4291 section 2.5.5.2), so that 192.0.2.1 and
// ::ffff:192.0.2.1, the same peer on a dual-stack socket, are equal.
struct IpAddress {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const IpAddress&) const = default;
};

// Dotted decimal or RFC 4291 text, no zone, no brackets; nothing otherwise. Does not allocate.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);
// From network order bytes.
[[nodiscard]] IpAddress ip_from_v4(const std::array<std::uint8_t, 4>& bytes);
[[nodiscard]] IpAddress ip_from_v6(const std::array<std::uint8_t, 16>& bytes);
[[nodiscard]] constexpr bool is_v4(const IpAddress& ip) { return ip.high == 0 && ip.low >> 32 == 0xffff; }
// 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(const IpAddress& ip);

// A network: an address and how many leading bits of it count.
class Cidr {
 public:
  Cidr() = default;  // ::/0
  // "10.0.0.0/8", "fd00::/8", or one address. An Error names bits set beyond the prefix: a slip worth telling.
  [[nodiscard]] static Result<Cidr> parse(std::string_view text);

  // 0.0.0.0/0 holds every IPv4 address and no other; ::/0 holds all.
  [[nodiscard]] constexpr bool contains(const IpAddress& ip) const {
    return (ip.high & high_mask_) == network_.high && (ip.low & low_mask_) == network_.low;
  }
  [[nodiscard]] bool is_everything() const;  // 0.0.0.0/0 or ::/0

  bool operator==(const Cidr&) const = default;

 private:
  IpAddress network_;
  std::uint64_t high_mask_ = 0;
  std::uint64_t low_mask_ = 0;
};

[[nodiscard]] bool contains(std::span<const Cidr> networks, const IpAddress& ip);
// The same for a textual address; text that is no address is in no network.
[[nodiscard]] bool contains(std::span<const Cidr> networks, std::string_view ip);

}  // namespace quivive::config
