#include "config/text_rules.h"

#include "auth/glob.h"
#include "base/text.h"
#include "config/address.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::config {
namespace {

using Checked = Result<std::string>;

// A header of these names means something to HTTP itself, whoever sends it.
constexpr std::array<std::string_view, 15> kReservedFields = {
    "Authorization", "Connection", "Content-Length", "Content-Type", "Cookie", "Expect", "Host", "HTTP2-Settings",
    "Keep-Alive", "Proxy-Authorization", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade"};

constexpr std::array<std::string_view, 9> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};

Checked check_host(std::string_view text) {
  const std::string host = to_lower(text);
  const auto url = parse_url("http://" + host + "/");
  if (!url || url->port != 80 || url->target != "/" || authority(*url) != host) {
    return error("'{}' is not a host name; write it without scheme, port and path", printable(text, 60));
  }
  return host;
}

// `*.example.com` is every name below example.com.
Checked check_host_pattern(std::string_view text) {
  if (!text.starts_with("*.")) return check_host(text);
  auto rest = check_host(text.substr(2));
  if (!rest) return error("'{}' is not a host name; a star stands for whole labels in front, as in '*.example.com'", printable(text, 60));
  return "*." + *rest;
}

// Compared with canonical paths (unreserved octets decoded, hex in upper case, no dot segments): a pattern that no such
// path can match protects nothing, so it is refused rather than left to wait.
Checked check_route_path(std::string_view text) {
  if (!text.starts_with('/')) return error("'{}' does not begin with '/'", printable(text, 60));
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '?' || c == '#') return error("'{}' holds a '{}'; routes see the path only", printable(text, 60), c);
    if (c == '%') {
      const bool hex = i + 2 < text.size() && http::is_hex_digit(text[i + 1]) && http::is_hex_digit(text[i + 2]);
      if (!hex) return error("'{}' holds a '%' that encodes nothing", printable(text, 60));
      const std::string_view pair = text.substr(i + 1, 2);
      if (std::any_of(pair.begin(), pair.end(), [](char d) { return d >= 'a'; })) {
        return error("'%{}' never matches: hex digits are compared in upper case", pair);
      }
      const auto octet = static_cast<char>(http::hex_value(pair[0]) * 16 + http::hex_value(pair[1]));
      const bool unreserved = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || http::is_digit(octet) ||
                              octet == '-' || octet == '.' || octet == '_' || octet == '~';
      if (unreserved) return error("'%{}' never matches: write '{}'", pair, octet);
      i += 2;
    } else if (c != '/' && !http::is_pchar(c)) {
      return error("'{}' holds '{}', which a path can only hold percent-encoded", printable(text, 60), printable(text.substr(i, 1)));
    }
  }
  if (text.find("//") != std::string_view::npos) return error("'{}' holds '//', which requests are refused for", printable(text, 60));
  if (text.find('*') != std::string_view::npos) {
    if (auto glob = auth::Glob::compile(text); !glob) return error("'{}': {}", printable(text, 60), glob.error().message);
  }
  for (std::size_t from = 1; from <= text.size();) {
    const auto slash = std::min(text.find('/', from), text.size());
    const std::string_view segment = text.substr(from, slash - from);
    if (segment == "." || segment == "..") return error("'{}' holds '{}', which requests are refused for", printable(text, 60), segment);
    from = slash + 1;
  }
  return std::string(text);
}

Checked check_method(std::string_view text) {
  if (!http::is_token(text)) return error("'{}' is not a method", printable(text, 40));
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  // Methods are case-sensitive (RFC 9110 section 9.1): a rule for `get` would never apply.
  if (upper != text && std::find(kMethods.begin(), kMethods.end(), upper) != kMethods.end()) {
    return error("'{}' never matches: write {}", text, upper);
  }
  return std::string(text);
}

Checked check_origin(std::string_view text) {
  if (text == "*") return std::string(text);
  const auto url = parse_url(text);
  if (!url || origin(*url) != text) {
    return error("'{}' is not an origin; write https://app.example.com, in lower case and without a path", printable(text, 60));
  }
  return std::string(text);
}

Checked check_named_field(std::string_view text) {
  if (auto good = check_field_name(text); !good) return good.error();
  return std::string(text);
}

Checked check_cookie_name(std::string_view text) {
  if (!http::is_token(text)) return error("'{}' is not a cookie's name; use letters, digits, '-', '_' and '.'", printable(text, 60));
  return std::string(text);
}

Checked check_prefix(std::string_view text) {
  if (!http::is_token(text) || !text.ends_with('-') || text.size() < 3) {
    return error("'{}' is not the beginning of a header name; write for example X-Quivive-", printable(text, 60));
  }
  return std::string(text);
}

Checked check_query_name(std::string_view text) {
  const bool good = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || http::is_digit(c) || c == '-' || c == '_' || c == '.';
  });
  if (!good) return error("'{}' is not a parameter name; use letters, digits, '-', '_' and '.'", printable(text, 60));
  return std::string(text);
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> names) {
  if (const auto near = closest(word, names); !near.empty()) return near;
  for (const std::string_view name : names) {
    if (word.size() * 2 >= name.size() && word.size() < name.size() && iequals(word, name.substr(0, word.size()))) return name;
  }
  return {};
}

Result<void> check_field_name(std::string_view name) {
  if (!http::is_token(name)) return error("'{}' is not a header name", printable(name, 60));
  for (const std::string_view reserved : kReservedFields) {
    if (iequals(name, reserved)) return error("'{}' has a meaning of its own in HTTP; choose another header", reserved);
  }
  return {};
}

Result<std::string> accept_text(SettingType type, std::string_view text) {
  if (text.empty()) return error("is empty");
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    // Texts end up in header lines, logs and file names.
    if (byte < 0x20 || byte == 0x7f) return error("holds a control character (octet {:02x})", byte);
  }
  switch (type) {
    case SettingType::Host: return check_host(text);
    case SettingType::HostPattern: return check_host_pattern(text);
    case SettingType::RoutePath: return check_route_path(text);
    case SettingType::MethodList: return check_method(text);
    case SettingType::OriginList: return check_origin(text);
    case SettingType::FieldName: return check_named_field(text);
    case SettingType::FieldNameOrOff: return text == "off" ? Checked(std::string()) : check_named_field(text);
    case SettingType::CookieName: return check_cookie_name(text);
    case SettingType::FieldPrefix: return check_prefix(text);
    case SettingType::QueryName: return check_query_name(text);
    default: return std::string(text);
  }
}

}  // namespace quivive::config
