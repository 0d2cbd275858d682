#pragma once
// Origin: what a credential is bound to (RFC 6454 section 4). Equality is exact: a subdomain, another port and another scheme are other origins.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::client {

struct Origin {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address in brackets
  std::uint16_t port = 0;

  [[nodiscard]] bool secure() const { return scheme == "https"; }
  // The machine itself: 127.0.0.0/8, [::1], localhost and what ends in .localhost (RFC 6761 section 6.3).
  [[nodiscard]] bool loopback() const;
  // scheme://host[:port], the port only where it is not the scheme's own.
  [[nodiscard]] std::string text() const;
  bool operator==(const Origin&) const = default;
};

// An http(s) URL that every reader splits alike, ready to be sent.
struct TargetUrl {
  Origin origin;
  std::string path;   // begins with '/'
  std::string query;  // with its '?', or ""

  [[nodiscard]] std::string text() const { return origin.text() + path + query; }
  bool operator==(const TargetUrl&) const = default;
};

// Reads an absolute http(s) URL; the fragment is left out. Refused, because the transport might go elsewhere than the credential is bound to: user
// info, a backslash, a control character, white space, bytes that are not ASCII, a host that is no name or IP literal (http/host.h), an empty or
// wrong port.
[[nodiscard]] std::optional<TargetUrl> parse_target_url(std::string_view url);
// The reference of a Location against the URL that answered (RFC 3986 section 5.2), as strict; what is not ASCII and white space within is
// percent-encoded.
[[nodiscard]] std::optional<TargetUrl> resolve_location(const TargetUrl& base, std::string_view location);
[[nodiscard]] std::optional<Origin> origin_of(std::string_view url);

}  // namespace quivive::client
