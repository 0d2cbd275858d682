#include "diagnose/vendors.h"

#include <array>

namespace quivive::diagnose {
namespace {

constexpr auto kTokens = std::to_array<VendorToken>({
#define QUIVIVE_VENDOR_TOKEN(prefix, vendor, kind, hosts, placement) {prefix, vendor, kind, hosts, Placement::placement},
#include "diagnose/vendors.def"
#undef QUIVIVE_VENDOR_TOKEN
});

constexpr auto kVendorHosts = std::to_array<VendorHost>({
#define QUIVIVE_VENDOR_HOST(host, vendor, header, query, takes_jwt) {host, vendor, header, query, takes_jwt},
#include "diagnose/vendor_hosts.def"
#undef QUIVIVE_VENDOR_HOST
});

bool is_under(std::string_view host, std::string_view end) {
  return host == end || (host.size() > end.size() && host.ends_with(end) && host[host.size() - end.size() - 1] == '.');
}

// Prefixes that are words of their own need more behind them before they say anything.
constexpr std::size_t kLeastBehind = 12;

}  // namespace

const VendorToken* find_vendor_token(std::string_view token) {
  const VendorToken* best = nullptr;
  for (const VendorToken& row : kTokens) {
    if (!token.starts_with(row.prefix) || token.size() < row.prefix.size() + kLeastBehind) continue;
    if (best == nullptr || row.prefix.size() > best->prefix.size()) best = &row;
  }
  return best;
}

const VendorHost* find_vendor_host(std::string_view host) {
  const VendorHost* best = nullptr;
  for (const VendorHost& row : kVendorHosts) {
    // Regions stand in the middle of AWS's names: abc.execute-api.eu-west-1.amazonaws.com.
    const bool gateway =
        row.host == "execute-api.amazonaws.com" && host.find(".execute-api.") != std::string_view::npos && host.ends_with(".amazonaws.com");
    if (!gateway && !is_under(host, row.host)) continue;
    if (best == nullptr || row.host.size() > best->host.size()) best = &row;
  }
  return best;
}

bool is_for_host(const VendorToken& token, std::string_view host) {
  std::string_view rest = token.hosts;
  if (rest.empty()) return true;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    if (is_under(host, one)) return true;
    rest.remove_prefix(one.size() < rest.size() ? one.size() + 1 : rest.size());
  }
  return false;
}

}  // namespace quivive::diagnose
