#include "client/origin.h"

#include "base/text.h"
#include "http/grammar.h"
#include "http/host.h"
#include "http/url.h"

#include <algorithm>
#include <charconv>

namespace quivive::client {
namespace {

constexpr std::size_t kMaxUrlBytes = 16 * 1024;

// dec-octet "." … with 127 first. Other spellings of an address, as 127.1, 0x7f.1 or 127.0.0.999, count as names.
bool is_loopback_ipv4(std::string_view host) {
  int octets = 0;
  while (octets < 4) {
    unsigned value = 256;
    const auto dot = std::min(host.find('.'), host.size());
    const auto [end, fault] = std::from_chars(host.data(), host.data() + dot, value);
    if (fault != std::errc{} || end != host.data() + dot || dot > 3 || value > 255 || (octets == 0 && value != 127)) return false;
    ++octets;
    if (dot == host.size()) return octets == 4;
    host.remove_prefix(dot + 1);
  }
  return false;
}

// gen-delims, sub-delims, unreserved and '%' are visible ASCII. Threat: a backslash is a slash to some readers, so that `https://a\@b/` is a's for
// one and b's for another.
bool is_url_text(std::string_view text) {
  return !text.empty() && text.size() <= kMaxUrlBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

}  // namespace

bool Origin::loopback() const { return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_loopback_ipv4(host); }

std::string Origin::text() const {
  std::string out = scheme + "://" + host;
  if (port != (secure() ? 443 : 80)) out += ':' + std::to_string(port);
  return out;
}

std::optional<TargetUrl> parse_target_url(std::string_view url) {
  if (!is_url_text(url)) return std::nullopt;
  const http::Url parts = http::parse_url(url);
  if (parts.scheme != "http" && parts.scheme != "https") return std::nullopt;
  // The authority as it stands: '@' cannot hide in what parse_host_port accepts.
  std::string_view authority = url.substr(url.find("://") + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const auto place = http::parse_host_port(authority);
  if (!place) return std::nullopt;
  TargetUrl out;
  out.origin = {parts.scheme, to_lower(place->host), place->port.value_or(parts.scheme == "https" ? 443 : 80)};
  // A transport that removes dot segments itself would send another target than Digest's uri says.
  out.path = parts.path.find("/.") == std::string::npos ? parts.path : http::without_dot_segments(parts.path);
  if (parts.has_query) out.query = '?' + parts.query;
  return out;
}

std::optional<TargetUrl> resolve_location(const TargetUrl& base, std::string_view location) {
  location = trim_ows(location);
  std::string clean;
  for (const char c : location) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f || c == '\\') return std::nullopt;
    if (octet > 0x7f || c == ' ') {
      const auto escaped = http::percent_encoded(octet);
      clean.append(escaped.data(), escaped.size());
    } else {
      clean += c;
    }
  }
  // `mailto:` and the like; `https:path` without slashes is read in two ways.
  const std::size_t end = clean.find_first_of(":/?#");
  if (end != std::string::npos && clean[end] == ':') {
    return clean.compare(end, 3, "://") == 0 ? parse_target_url(clean) : std::nullopt;
  }
  if (clean.starts_with("//")) return parse_target_url(base.origin.scheme + ':' + clean);
  http::Url from;
  from.scheme = base.origin.scheme, from.host = base.origin.host, from.port = base.origin.port;
  from.path = base.path, from.has_query = !base.query.empty(), from.query = base.query.empty() ? "" : base.query.substr(1);
  return parse_target_url(http::resolve(from, clean).text());
}

std::optional<Origin> origin_of(std::string_view url) {
  auto parsed = parse_target_url(url);
  if (!parsed) return std::nullopt;
  return std::move(parsed->origin);
}

}  // namespace quivive::client
