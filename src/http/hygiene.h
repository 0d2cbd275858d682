#pragma once
// Which fields of a message pass the gateway. One function for every path, since every place that had its own let one
// spelling through: underscore, then dot, then case, then the client's Connection list.

#include "http/connection_options.h"
#include "http/request.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::http {

// Whether two field names could be taken for one by an upstream: case is folded, and so is every character that is no
// letter or digit ('-', '_', '.', ' ' and their like; a run of them counts as one), as CGI, WSGI and others do when they
// make variables of names.
[[nodiscard]] bool same_folded_name(std::string_view a, std::string_view b);

// Names that are ours to assert: an inbound field that could be taken for one of them is never forwarded. Built once
// from the configuration, then immutable; a look-up that matches nothing costs a few comparisons.
class ProtectedNames {
 public:
  ProtectedNames() = default;
  // `names` whole, `prefixes` as the beginning of a name ("X-Quivive-"). Empty ones are ignored.
  ProtectedNames(std::span<const std::string_view> names, std::span<const std::string_view> prefixes);

  [[nodiscard]] bool matches(std::string_view field_name) const;

 private:
  std::vector<std::string> names_;     // folded
  std::vector<std::string> prefixes_;  // folded
  std::array<bool, 128> starts_{};     // by folded first character: most names match nothing and are told at once
};

enum class FieldAction : std::uint8_t { Keep, Drop };

// Fields by which a proxy in front says where a request came from and what was asked: X-Forwarded-* and those that upstreams believe beside
// it. From anybody else they are a client's word about itself, and X-Original-URL another target than the one that was checked.
[[nodiscard]] bool is_said_by_proxies(const Field& field);

// Fields by which a request asks to be taken for one of another method (X-HTTP-Method-Override and its kin), which many frameworks do. Where
// methods decide who is let in, the upstream would act by another one than was checked.
[[nodiscard]] bool is_method_override(const Field& field);

// For a request's field on its way to the upstream. Dropped are: names that are ours (`identity`); hop-by-hop fields; Proxy, which CGI
// takes for a setting; a misspelt twin of a field that decides framing, identity or credentials (`Content_Length`); and fields that the client
// names in Connection, except those that it must not be able to remove (Authorization, Cookie, Host, X-Forwarded-* …).
// Upgrade is dropped as well: the gateway writes its own where it permits one.
[[nodiscard]] FieldAction classify_for_upstream(const Field& field, const ConnectionOptions& connection,
                                                const ProtectedNames& identity);

// For a response's field on its way to the client: hop-by-hop fields and those named in Connection are dropped, except
// fields that frame the message or carry a challenge, a cookie or caching rules.
[[nodiscard]] FieldAction classify_for_client(const Field& field, const ConnectionOptions& connection);

}  // namespace quivive::http
