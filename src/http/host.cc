#include "http/host.h"

#include "http/grammar.h"

#include <algorithm>

namespace quivive::http {
namespace {

constexpr std::size_t kMaxHostBytes = 255;  // of a DNS name (RFC 1035 section 2.3.4)

bool is_name_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}

// dec-octet "." dec-octet "." dec-octet "." dec-octet (RFC 3986 section 3.2.2)
bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    std::size_t n = 0;
    unsigned value = 0;
    while (n < text.size() && n < 4 && is_digit(text[n])) value = value * 10 + hex_value(text[n++]);
    if (n == 0 || n > 3 || value > 255 || (n > 1 && text[0] == '0')) return false;
    text.remove_prefix(n);
    if (part < 3) {
      if (text.empty() || text[0] != '.') return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

// IPv6address (RFC 3986 section 3.2.2), without zone.
bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (groups <= 6 && text.find(':') == std::string_view::npos && text.find('.') != std::string_view::npos) {
      if (!is_ipv4(text)) return false;
      groups += 2;
      break;
    }
    std::size_t n = 0;
    while (n < text.size() && n < 5 && is_hex_digit(text[n])) ++n;
    if (n == 0 || n > 4 || ++groups > 8) return false;
    text.remove_prefix(n);
    if (text.empty()) break;
    if (text.starts_with("::")) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(2);
    } else if (text.front() == ':' && text.size() > 1) {
      text.remove_prefix(1);
    } else {
      return false;
    }
  }
  return gap ? groups < 8 : groups == 8;
}

// Threat: a name that this and another reader would shorten to different ones, past a route that is bound to a host. Only the
// root's label is empty, behind a last dot (RFC 1035 section 2.3.1).
bool has_empty_label(std::string_view name) { return name.starts_with('.') || name.find("..") != std::string_view::npos; }

// 1-65535, nothing otherwise.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + hex_value(c);
  }
  if (value == 0 || value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || !is_ipv6(text.substr(1, close - 1))) return std::nullopt;
    end = close + 1;
  } else {
    while (end < text.size() && is_name_char(text[end])) ++end;
    if (end == 0 || end > kMaxHostBytes || has_empty_label(text.substr(0, end))) return std::nullopt;
  }
  HostPort out{text.substr(0, end), std::nullopt};
  if (end == text.size()) return out;
  if (text[end] != ':') return std::nullopt;
  out.port = parse_port(text.substr(end + 1));
  if (!out.port) return std::nullopt;
  return out;
}

}  // namespace quivive::http
