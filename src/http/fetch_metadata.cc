#include "http/fetch_metadata.h"

#include "base/text.h"
#include "http/host.h"
#include "http/negotiate.h"

#include <array>
#include <optional>

namespace quivive::http {
namespace {

// A field that may be sent once. `value` is that of the first.
struct Single {
  std::size_t count = 0;
  std::string_view value;

  Single(const RequestView& request, FieldId id) {
    for (const Field& field : request.fields) {
      if (field.id == id && count++ == 0) value = field.value;
    }
  }
  [[nodiscard]] bool is(std::string_view text) const { return count == 1 && value == text; }
};

// serialized-origin = scheme "://" host [ ":" port ] (RFC 6454 section 6.1): the host and port of http and https ones.
std::optional<std::string_view> authority_of(std::string_view origin) {
  for (const std::string_view scheme : {std::string_view("https://"), std::string_view("http://")}) {
    if (iequals(origin.substr(0, scheme.size()), scheme)) return origin.substr(scheme.size());
  }
  return std::nullopt;
}

std::uint16_t port_of(const HostPort& authority) {
  const std::uint16_t port = authority.port.value_or(0);
  return port == 80 || port == 443 ? 0 : port;
}

bool same_authority(std::string_view a, std::string_view b) {
  const auto left = parse_host_port(a);
  const auto right = parse_host_port(b);
  return left && right && iequals(left->host, right->host) && port_of(*left) == port_of(*right);
}

bool is_origin_of(std::string_view origin, std::string_view host) {
  const auto authority = authority_of(origin);
  return authority && same_authority(*authority, host);
}

// The origin at the front of a URL. User information stays in it, and makes it unreadable.
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return url.substr(0, url.find_first_of("/?#\\", scheme + 3));
}

bool wants_html(const RequestView& request) {
  constexpr std::array<std::string_view, 2> kPageOrData = {"text/html", "application/json"};
  return names_media_type("text/html", request.fields) && choose_media_type(kPageOrData, request.fields) == 0u;
}

}  // namespace

bool is_safe_method(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE"; }

bool is_navigation(const RequestView& request) {
  const Single mode(request, FieldId::SecFetchMode);
  if (mode.count != 0) return mode.is("navigate");
  if (request.method != "GET" && request.method != "HEAD") return false;
  return !is_browser_script(request) && wants_html(request);
}

bool is_browser_script(const RequestView& request) {
  const Single mode(request, FieldId::SecFetchMode);
  if (mode.count != 0) return !mode.is("navigate");
  // Only by this value: Android's WebView puts the app's name there, in navigations too.
  if (iequals(request.value(FieldId::XRequestedWith), "XMLHttpRequest")) return true;
  // Programs seldom send Origin, and what goes to a page accepts one, a posted form too.
  return request.find(FieldId::Origin) != nullptr && !names_media_type("text/html", request.fields);
}

Site request_site(const RequestView& request, std::string_view host) {
  const Single site(request, FieldId::SecFetchSite), origin(request, FieldId::Origin), referer(request, FieldId::Referer);
  if (site.count > 1 || origin.count > 1) return Site::Cross;
  const bool foreign = origin.count == 1 && !is_origin_of(origin.value, host);
  if (site.count == 1) return site.is("same-origin") || (site.is("none") && !foreign) ? Site::Same : Site::Cross;
  if (origin.count == 1) return foreign ? Site::Cross : Site::Same;
  if (referer.count == 0) return Site::Unsaid;
  return referer.count == 1 && is_origin_of(origin_of(referer.value), host) ? Site::Unsaid : Site::Cross;
}

}  // namespace quivive::http
