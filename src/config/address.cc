#include "config/address.h"

#include "base/text.h"
#include "config/cidr.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace quivive::config {
namespace {

constexpr std::string_view kExamples = "write for example 127.0.0.1:8080, [::1]:8080 or :8080";

struct HostPort {
  std::string_view host;                // without brackets
  std::optional<std::string_view> port;  // what follows the colon
  bool bracketed = false;
};

// "host", "host:port", "[host]:port"; nothing if it is none of these.
std::optional<HostPort> split(std::string_view text) {
  HostPort out;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {};
    out.host = text.substr(1, end - 1);
    out.bracketed = true;
    text.remove_prefix(end + 1);
    if (text.empty()) return out;
    if (text[0] != ':') return {};
    out.port = text.substr(1);
    return out;
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) return {};  // IPv6 without brackets
  out.host = text.substr(0, colon);
  if (colon != std::string_view::npos) out.port = text.substr(colon + 1);
  return out;
}

Result<std::uint16_t> parse_port(std::string_view text, bool zero_allowed) {
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return error("'{}' is not a port number", printable(text, 40));
  if (problem != std::errc{} || end != text.data() + text.size() || port > 65535 || (port == 0 && !zero_allowed)) {
    return error("port {} is not between 1 and 65535", printable(text, 40));
  }
  return static_cast<std::uint16_t>(port);
}

// LDH labels of at most 63 octets, 253 in all, and underscores, which container networks use.
bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!good || ++label > 63) return false;
  }
  // A name that ends in a number is an IPv4 address to some resolvers: 0x7f.1 and 2130706433 are loopback to inet_aton.
  const std::string_view last = name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
  return label > 0 && !(last[0] >= '0' && last[0] <= '9');
}

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

// The octets of a path and query (RFC 3986 section 3.3), nothing that needs encoding.
bool is_target_octet(char c) { return c > ' ' && c < 0x7f && std::string_view("\"<>\\^`{|}#").find(c) == std::string_view::npos; }

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto parts = split(text);
  if (!parts || !parts->port) return error("'{}' is not an address with a port; {}", printable(text, 60), kExamples);
  ListenAddress out;
  if (parts->host == "localhost") {
    out.host = "127.0.0.1";
  } else if (!parts->host.empty() || parts->bracketed) {
    const bool has_colon = parts->host.find(':') != std::string_view::npos;
    if (has_colon != parts->bracketed || !parse_ip(parts->host)) {
      return error("'{}' is not an IP address; {}", printable(parts->host, 60), kExamples);
    }
    out.host = parts->host;
  }
  auto port = parse_port(*parts->port, true);
  if (!port) return port.error();
  out.port = *port;
  return out;
}

bool is_loopback(const ListenAddress& address) {
  const auto ip = parse_ip(address.host);
  return ip && is_loopback(*ip);
}

bool overlap(const ListenAddress& a, const ListenAddress& b) {
  if (a.port != b.port || a.port == 0) return false;
  const auto covers = [](const ListenAddress& wide, const ListenAddress& address) {
    if (wide.host.empty() || wide.host == "::") return true;  // of both families
    return wide.host == "0.0.0.0" && address.host.find(':') == std::string::npos;
  };
  return a.host == b.host || covers(a, b) || covers(b, a);
}

std::string to_string(const ListenAddress& address) { return fmt::format("{}:{}", bracketed(address.host), address.port); }

Result<Url> parse_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (rest.size() >= 8 && iequals(rest.substr(0, 8), "https://")) {
    url.tls = true;
    rest.remove_prefix(8);
  } else if (rest.size() >= 7 && iequals(rest.substr(0, 7), "http://")) {
    rest.remove_prefix(7);
  } else {
    // Not quoted where it may hold a password.
    if (text.find('@') != std::string_view::npos) return error("is not an http:// or https:// URL");
    return error("'{}' is not an http:// or https:// URL", printable(text, 60));
  }
  const auto path = rest.find_first_of("/?#");
  const std::string_view where = rest.substr(0, path);
  if (where.find('@') != std::string_view::npos) return error("a URL with a user name or password is not accepted");
  const auto parts = split(where);
  if (!parts || parts->host.empty()) return error("'{}' has no host", printable(text, 60));
  url.host = to_lower(parts->host);
  const bool is_ip = parse_ip(url.host).has_value();
  const bool is_v6 = url.host.find(':') != std::string::npos;
  if (is_v6 != parts->bracketed || (!is_ip && (is_v6 || !is_host_name(url.host)))) {
    return error("'{}' is not a host name or IP address", printable(parts->host, 60));
  }
  url.port = url.tls ? 443 : 80;
  if (parts->port) {
    auto port = parse_port(*parts->port, false);
    if (!port) return port.error();
    url.port = *port;
  }
  url.target = path == std::string_view::npos ? "/" : std::string(rest.substr(path));
  if (url.target.find('#') != std::string::npos) return error("'{}' has a fragment, which is never sent", printable(text, 60));
  if (!std::all_of(url.target.begin(), url.target.end(), is_target_octet)) return error("'{}' holds characters that a URL may not", printable(text, 60));
  if (url.target[0] == '?') url.target.insert(0, "/");
  return url;
}

std::string authority(const Url& url) {
  const bool usual = url.port == (url.tls ? 443 : 80);
  return usual ? bracketed(url.host) : fmt::format("{}:{}", bracketed(url.host), url.port);
}

std::string origin(const Url& url) { return (url.tls ? "https://" : "http://") + authority(url); }

std::string to_string(const Url& url) { return origin(url) + url.target; }

}  // namespace quivive::config
