#pragma once
// URLs as people write them and as requests went to them: split without judging, for comparing and showing. Never used to
// decide an admission; http/target.h does that. Nor where a credential goes; client/origin.h does that.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::http {

struct Url {
  std::string scheme;                 // lower case: "http", "https"; "" where none was given
  std::string userinfo;               // as written, before '@'; a secret
  std::string host;                   // lower case, an IPv6 address in brackets; "" where none was given
  std::optional<std::uint16_t> port;  // as written
  std::string path;                   // as written; "/" for an empty path of a URL with a host
  std::string query;                  // without '?'
  bool has_query = false;

  // The port in use: as written, or the scheme's own (80, 443); 0 where neither is known.
  [[nodiscard]] std::uint16_t effective_port() const;
  // scheme://host[:port], the port only where it is not the scheme's own; "" without a host.
  [[nodiscard]] std::string origin() const;
  // path[?query]
  [[nodiscard]] std::string path_and_query() const;
  // Without user info and fragment.
  [[nodiscard]] std::string text() const;
  bool operator==(const Url&) const = default;
};

// `scheme://[userinfo@]host[:port]/path?query#fragment`; without a scheme, `host/path` where `assume_host` is set (as curl
// reads it), else a path. Never fails: what cannot be split stays in `path`.
[[nodiscard]] Url parse_url(std::string_view text, bool assume_host = false);

// A reference (of Location, say) resolved against `base` (RFC 3986 section 5.2, dot segments included).
[[nodiscard]] Url resolve(const Url& base, std::string_view reference);

// remove_dot_segments (RFC 3986 section 5.2.4).
[[nodiscard]] std::string without_dot_segments(std::string_view path);

// The same scheme, host and effective port (RFC 6454 section 4).
[[nodiscard]] bool same_origin(const Url& a, const Url& b);

}  // namespace quivive::http
