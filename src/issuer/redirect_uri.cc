#include "issuer/redirect_uri.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace quivive::issuer {
namespace {

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  return fault == std::errc{} && end == text.data() + text.size() && port > 0 && port <= 65535;
}

// A name or an address, and a port or none.
bool is_authority(std::string_view text) {
  const bool literal = text.starts_with('[');
  const auto after = literal ? text.find(']') : text.find(':');
  if (literal && after == std::string_view::npos) return false;
  const std::string_view host = literal ? text.substr(1, after - 1) : text.substr(0, after);
  const std::string_view allowed = literal ? "0123456789abcdefABCDEF:." : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  if (host.empty() || host.find_first_not_of(allowed) != std::string_view::npos) return false;
  const std::string_view rest = after == std::string_view::npos ? std::string_view{} : text.substr(after + (literal ? 1 : 0));
  return rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)));
}

// What comes before the port of "http://127.0.0.1:8400/cb" and after it; nothing for what is not http on loopback.
struct Loopback {
  std::string_view host, rest;
};
std::optional<Loopback> loopback(std::string_view uri) {
  // Not "localhost": what it means is up to the machine (RFC 8252 section 8.3).
  for (const std::string_view host : {"http://127.0.0.1", "http://[::1]"}) {
    if (!uri.starts_with(host)) continue;
    std::string_view rest = uri.substr(host.size());
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
      if (!is_port(rest.substr(0, digits))) return std::nullopt;
      rest.remove_prefix(digits);
    }
    if (rest.empty() || rest.front() == '/' || rest.front() == '?') return Loopback{host, rest};
  }
  return std::nullopt;
}

// RFC 3986 section 3.1, in lower case.
bool is_private_scheme(std::string_view scheme) {
  return scheme.find('.') != std::string_view::npos && scheme.front() >= 'a' && scheme.front() <= 'z' && std::ranges::all_of(scheme, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
         });
}

}  // namespace

Result<void> check_redirect_uri(std::string_view uri) {
  constexpr std::string_view kHttps = "https://";
  // Threat: what stands in a Location field as it is.
  if (!std::ranges::all_of(uri, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\'; })) {
    return error("holds characters that no URI has");
  }
  if (uri.find('#') != std::string_view::npos) return error("has a fragment, which a redirect URI cannot have");
  if (uri.starts_with(kHttps)) {
    const auto authority = uri.substr(kHttps.size(), uri.find_first_of("/?", kHttps.size()) - kHttps.size());
    if (authority.find('@') != std::string_view::npos) return error("has a user name before the host");
    if (!is_authority(authority)) return error("has no host, or no port, that can be read");
    return {};
  }
  if (loopback(uri)) return {};
  const auto colon = uri.find(':');
  if (colon != std::string_view::npos && colon > 0 && is_private_scheme(uri.substr(0, colon)) && uri.size() > colon + 1) return {};
  return error("is none of https://…, http://127.0.0.1/… or http://[::1]/… (any port counts then), and com.example.app:/…");
}

bool same_redirect_uri(std::string_view registered, std::string_view wanted) {
  if (registered == wanted) return true;
  const auto a = loopback(registered), b = loopback(wanted);
  return a && b && a->host == b->host && a->rest == b->rest;
}

}  // namespace quivive::issuer
