#pragma once
// Vendors: whose token this is, by its beginning, and whose host that is. Data: vendors.def, vendor_hosts.def.

#include <cstdint>
#include <string_view>

namespace quivive::diagnose {

enum class Placement : std::uint8_t { Any, Bearer, Basic, Header };

struct VendorToken {
  std::string_view prefix, vendor, kind, hosts;
  Placement placement;
};
struct VendorHost {
  std::string_view host, vendor, header, query;
  bool takes_jwt;
};

// nullptr where the beginning tells nothing.
[[nodiscard]] const VendorToken* find_vendor_token(std::string_view token);
// nullptr where the host's owner is not known.
[[nodiscard]] const VendorHost* find_vendor_host(std::string_view host);
// Whether the token's vendor serves that host. True where its software runs anywhere.
[[nodiscard]] bool is_for_host(const VendorToken& token, std::string_view host);

}  // namespace quivive::diagnose
