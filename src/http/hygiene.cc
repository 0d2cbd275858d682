#include "http/hygiene.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::http {
namespace {

constexpr char fold(char c) {
  c = ascii_lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
}

// Walks the folded characters of a name; a run of separators counts as one.
class Folding {
 public:
  explicit constexpr Folding(std::string_view rest) : rest_(rest) {}
  // The next character, or '\0' at the end.
  constexpr char next() {
    if (rest_.empty()) return '\0';
    const char c = fold(rest_.front());
    rest_.remove_prefix(1);
    while (c == '-' && !rest_.empty() && fold(rest_.front()) == '-') rest_.remove_prefix(1);
    return c;
  }

 private:
  std::string_view rest_;
};

std::string folded(std::string_view name) {
  std::string out;
  Folding folding(name);
  while (const char c = folding.next()) out += c;
  return out;
}

// Whether `name` begins with `prefix`, which is folded; or is it, where `whole`.
bool matches_folded(std::string_view name, std::string_view prefix, bool whole) {
  Folding folding(name);
  for (const char p : prefix) {
    if (folding.next() != p) return false;
  }
  return !whole || folding.next() == '\0';
}

// Fields that concern one connection only (RFC 9110 section 7.6.1), with the credentials for a proxy.
bool is_hop_by_hop(FieldId id) {
  switch (id) {
    case FieldId::Connection:
    case FieldId::Http2Settings:
    case FieldId::KeepAlive:
    case FieldId::ProxyAuthenticate:
    case FieldId::ProxyAuthorization:
    case FieldId::ProxyConnection:
    case FieldId::Te:
    case FieldId::Trailer:
    case FieldId::TransferEncoding:
    case FieldId::Upgrade:
      return true;
    default:
      return false;
  }
}

// Fields that a client must not be able to remove by its Connection list: what frames the message, says who is asking
// or tells the upstream where the request came from.
constexpr auto kUnremovable = std::to_array<FieldId>({
    FieldId::Authorization, FieldId::ContentLength, FieldId::ContentType, FieldId::Cookie, FieldId::Forwarded, FieldId::Host,
    FieldId::Origin, FieldId::SecFetchMode, FieldId::SecFetchSite, FieldId::Traceparent, FieldId::Via, FieldId::XForwardedFor,
    FieldId::XForwardedHost, FieldId::XForwardedProto, FieldId::XRealIp, FieldId::XRequestId,
});
constexpr std::string_view kForwardedPrefix = "x-forwarded-";

// What an upstream that folds names must not find twice, once checked and once not.
const ProtectedNames& critical_names() {
  static const ProtectedNames names = [] {
    std::vector<std::string_view> list{"Transfer-Encoding", "Proxy-Authorization"};
    for (const FieldId id : kUnremovable) list.push_back(field_name(id));
    const std::array<std::string_view, 1> prefixes{kForwardedPrefix};
    return ProtectedNames(list, prefixes);
  }();
  return names;
}

bool is_letter_digit_or_hyphen(char c) { return c == '-' || fold(c) != '-'; }

// `Content_Length`, `X.Forwarded-For`: folds to a critical name without being it. A name of letters, digits and hyphens
// folds to nothing but itself.
bool is_misspelt_twin(const Field& field) {
  return field.id == FieldId::Other && !std::all_of(field.name.begin(), field.name.end(), is_letter_digit_or_hyphen) &&
         critical_names().matches(field.name);
}

// Threat: httpoxy (CVE-2016-5385). CGI's HTTP_PROXY is where many programs look for the proxy of their own requests.
bool is_proxy_setting(const Field& field) { return field.id == FieldId::Other && same_folded_name(field.name, "Proxy"); }

bool removable_by_connection(const Field& field) {
  return std::find(kUnremovable.begin(), kUnremovable.end(), field.id) == kUnremovable.end() &&
         !matches_folded(field.name, kForwardedPrefix, false);
}

}  // namespace

bool same_folded_name(std::string_view a, std::string_view b) {
  Folding x(a), y(b);
  while (true) {
    const char c = x.next();
    if (c != y.next()) return false;
    if (c == '\0') return true;
  }
}

bool is_said_by_proxies(const Field& field) {
  static const ProtectedNames names = [] {
    constexpr auto kNames = std::to_array<std::string_view>({"X-Original-URL", "X-Rewrite-URL", "X-Original-Host", "X-Client-IP", "X-Cluster-Client-IP",
                                                             "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "Client-IP"});
    const std::array<std::string_view, 1> prefixes{kForwardedPrefix};
    return ProtectedNames(kNames, prefixes);
  }();
  return field.id == FieldId::Other && names.matches(field.name);
}

bool is_method_override(const Field& field) {
  static const ProtectedNames names = [] {
    constexpr auto kNames = std::to_array<std::string_view>({"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"});
    return ProtectedNames(kNames, {});
  }();
  return field.id == FieldId::Other && names.matches(field.name);
}

ProtectedNames::ProtectedNames(std::span<const std::string_view> names, std::span<const std::string_view> prefixes) {
  for (const std::string_view name : names) {
    if (name.empty()) continue;
    names_.push_back(folded(name));
    starts_[static_cast<std::size_t>(names_.back().front())] = true;
  }
  for (const std::string_view prefix : prefixes) {
    if (prefix.empty()) continue;
    prefixes_.push_back(folded(prefix));
    starts_[static_cast<std::size_t>(prefixes_.back().front())] = true;
  }
}

bool ProtectedNames::matches(std::string_view field_name) const {
  if (field_name.empty() || !starts_[static_cast<std::size_t>(fold(field_name.front()))]) return false;
  const auto is = [&](bool whole) { return [field_name, whole](std::string_view name) { return matches_folded(field_name, name, whole); }; };
  return std::any_of(prefixes_.begin(), prefixes_.end(), is(false)) || std::any_of(names_.begin(), names_.end(), is(true));
}

FieldAction classify_for_upstream(const Field& field, const ConnectionOptions& connection, const ProtectedNames& identity) {
  if (is_hop_by_hop(field.id) || identity.matches(field.name) || is_misspelt_twin(field) || is_proxy_setting(field)) return FieldAction::Drop;
  if (connection.may_name_fields() && connection.contains(field.name) && removable_by_connection(field)) return FieldAction::Drop;
  return FieldAction::Keep;
}

FieldAction classify_for_client(const Field& field, const ConnectionOptions& connection) {
  if (is_hop_by_hop(field.id)) return FieldAction::Drop;
  if (!connection.may_name_fields() || !connection.contains(field.name)) return FieldAction::Keep;
  switch (field.id) {
    case FieldId::ContentLength:
    case FieldId::ContentType:
    case FieldId::SetCookie:
    case FieldId::Vary:
    case FieldId::WwwAuthenticate:
      return FieldAction::Keep;
    default:
      return iequals(field.name, "Cache-Control") ? FieldAction::Keep : FieldAction::Drop;
  }
}

}  // namespace quivive::http
