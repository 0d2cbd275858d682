#include "gateway/client_address.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::gateway {
namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "192.0.2.1", "192.0.2.1:4711", "[2001:db8::1]:4711" without what is no address.
std::string_view without_port(std::string_view hop) {
  if (hop.starts_with('[')) {
    const std::size_t end = hop.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view rest = hop.substr(end + 1);
    if (!rest.empty() && !(rest.front() == ':' && is_port(rest.substr(1)))) return {};
    return hop.substr(1, end - 1);
  }
  const std::size_t colon = hop.find(':');
  const bool one_colon = colon != std::string_view::npos && hop.find(':', colon + 1) == std::string_view::npos;
  return one_colon && is_port(hop.substr(colon + 1)) ? hop.substr(0, colon) : hop;
}

}  // namespace

std::string_view client_address(const http::RequestView& view, std::span<const config::Cidr> trusted, const Peer& peer) {
  if (trusted.empty() || !config::contains(trusted, peer.ip)) return peer.text;
  std::string_view address = peer.text;
  for (auto field = view.fields.rbegin(); field != view.fields.rend(); ++field) {
    if (field->id != http::FieldId::XForwardedFor) continue;
    std::string_view rest = field->value;
    while (true) {
      const std::size_t comma = rest.rfind(',');
      const std::string_view hop = without_port(trim_ows(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
      const auto ip = config::parse_ip(hop);
      if (!ip) return address;
      // Threat: a client within a trusted range that writes 127.0.0.1 before it, and passes for the machine itself. A proxy on the same
      // machine as the next has that address, and no client.
      if (!config::is_loopback(*ip)) address = hop;
      if (!config::contains(trusted, *ip)) return address;
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return address;
}

bool is_unknown_proxy(const http::RequestView& view, std::span<const config::Cidr> trusted, const Peer& peer) {
  if (!config::is_loopback(peer.ip)) return false;
  const bool forwards = view.find(http::FieldId::XForwardedFor) != nullptr || view.find(http::FieldId::Forwarded) != nullptr;
  return forwards && !config::contains(trusted, peer.ip);
}

}  // namespace quivive::gateway
