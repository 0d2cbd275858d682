#include "config/cidr.h"

#include "base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace quivive::config {
namespace {

std::uint64_t big_endian(const std::uint8_t* bytes) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word = word << 8 | bytes[i];
  return word;
}

// The `bits` highest bits of a word; 0 <= bits <= 64.
constexpr std::uint64_t mask(unsigned bits) { return bits == 0 ? 0 : ~std::uint64_t{0} << (64 - bits); }

std::string to_text(const IpAddress& ip, bool v4) {
  std::array<std::uint8_t, 16> bytes{};
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(ip.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(ip.low >> (56 - 8 * i));
  }
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? bytes.data() + 12 : bytes.data(), text, sizeof text);
  return text;
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  char copy[INET6_ADDRSTRLEN];  // inet_pton wants a terminator
  if (text.empty() || text.size() >= sizeof copy || text.find('\0') != std::string_view::npos) return {};
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  if (text.find(':') == std::string_view::npos) {
    std::array<std::uint8_t, 4> bytes{};
    if (inet_pton(AF_INET, copy, bytes.data()) != 1) return {};
    return ip_from_v4(bytes);
  }
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, copy, bytes.data()) != 1) return {};
  return ip_from_v6(bytes);
}

IpAddress ip_from_v4(const std::array<std::uint8_t, 4>& bytes) {
  const std::uint64_t v4 = std::uint64_t{bytes[0]} << 24 | std::uint64_t{bytes[1]} << 16 | std::uint64_t{bytes[2]} << 8 | bytes[3];
  return {.high = 0, .low = std::uint64_t{0xffff} << 32 | v4};
}

IpAddress ip_from_v6(const std::array<std::uint8_t, 16>& bytes) {
  return {.high = big_endian(bytes.data()), .low = big_endian(bytes.data() + 8)};
}

bool is_loopback(const IpAddress& ip) {
  if (is_v4(ip)) return (ip.low >> 24 & 0xff) == 127;
  return ip.high == 0 && ip.low == 1;
}

Result<Cidr> Cidr::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto ip = parse_ip(text.substr(0, slash));
  if (!ip) return error("'{}' is not an IP address or network; write for example 10.0.0.0/8 or fd00::/8", printable(text, 60));
  // Dotted decimal counts its bits from the end of ::ffff:0:0/96.
  const bool v4 = text.find(':') == std::string_view::npos;
  unsigned most = v4 ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (problem != std::errc{} || end != digits.data() + digits.size() || bits > most) {
      return error("'/{}' is not a prefix length between 0 and {}", printable(digits, 40), most);
    }
  }
  const unsigned all = v4 ? bits + 96 : bits;
  Cidr network;
  network.high_mask_ = mask(std::min(all, 64u));
  network.low_mask_ = mask(all > 64 ? all - 64 : 0);
  network.network_ = {.high = ip->high & network.high_mask_, .low = ip->low & network.low_mask_};
  if (network.network_ != *ip) {
    return error("'{}' has bits beyond its prefix; did you mean {}/{}?", printable(text, 60), to_text(network.network_, v4), bits);
  }
  return network;
}

bool Cidr::is_everything() const {
  const bool all_v4 = is_v4(network_) && high_mask_ == ~std::uint64_t{0} && low_mask_ == mask(32);
  return all_v4 || (high_mask_ == 0 && low_mask_ == 0);
}

bool contains(std::span<const Cidr> networks, const IpAddress& ip) {
  return std::any_of(networks.begin(), networks.end(), [&](const Cidr& network) { return network.contains(ip); });
}

bool contains(std::span<const Cidr> networks, std::string_view ip) {
  const auto address = parse_ip(ip);
  return address && contains(networks, *address);
}

}  // namespace quivive::config
