#include "gateway/client_network.h"

#include "config/address.h"
#include "config/cidr.h"

#include <fmt/format.h>

namespace quivive::gateway {
namespace {

constexpr std::uint64_t kTranslated = 0x0064'ff9b'0000'0000;  // 64:ff9b::/96

}  // namespace

ClientNetwork client_network(std::string_view address) {
  const auto ip = config::parse_ip(address.substr(0, address.find('%')));  // without the zone of a link-local address
  if (!ip) return {"unknown", "unknown"};
  if (config::is_loopback(*ip)) return {};
  if (config::is_v4(*ip) || (ip->high == kTranslated && ip->low >> 32 == 0)) {
    std::string text = fmt::format("{}.{}.{}.0/24", ip->low >> 24 & 0xff, ip->low >> 16 & 0xff, ip->low >> 8 & 0xff);
    return {text, text};
  }
  const auto group = [&](unsigned at) { return ip->high >> (48 - 16 * at) & 0xffff; };
  return {fmt::format("{:x}:{:x}:{:x}:{:x}::/64", group(0), group(1), group(2), group(3)),
          fmt::format("{:x}:{:x}:{:x}::/48", group(0), group(1), group(2))};
}

}  // namespace quivive::gateway
