#pragma once
// The canonical request target. Policy and upstream must not be able to read one target as two paths, so whatever could
// be read differently is refused (Reason::RequestTargetAmbiguous), never repaired: dot segments, empty segments,
// backslashes, encoded delimiters, invalid escapes.

#include "base/reason.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::http {

enum class EncodedSlash : std::uint8_t { Refuse, Pass };

struct Target {
  std::string_view path;   // as sent, begins with '/': what the upstream gets
  std::string_view query;  // as sent, without '?'
  bool has_query = false;
  // What policy compares: each path has exactly one spelling here. Octets that may stand for themselves in a path
  // (pchar, RFC 3986 section 3.3) are decoded, all others are percent-encoded in upper case.
  std::string_view policy_path;
  bool has_encoded_slash = false;  // only with EncodedSlash::Pass; a route that does not allow it must refuse
  bool has_parameters = false;     // a ';' in the path: some servers drop it and what follows in the segment
};

struct TargetError {
  static constexpr Reason reason = Reason::RequestTargetAmbiguous;
  std::string_view detail;  // static text: the rule that was broken
  std::size_t offset = 0;   // in the target
};
[[noreturn]] void throw_exception_from_error(const TargetError& error, const boost::source_location&);

// Parses origin-form, or absolute-form (http, https) whose authority is `host` (the value of Host), which is then read
// as origin-form (RFC 9112 section 3.2). `*` and authority-form are refused. The slices borrow from `target`, and
// policy_path, where it differs from path, from `scratch`, whose content is replaced.
[[nodiscard]] Result<Target, TargetError> parse_target(std::string_view target, std::string_view host, EncodedSlash slashes,
                                                       std::string& scratch);

// Appends the origin-form to forward: path, and '?' with the query where there is one.
void append_origin_form(std::string& out, const Target& target);

// The policy path as a server reads it that strips parameters (";x=1") from each segment; a slice of `policy_path` where
// it has none, otherwise of `scratch`.
[[nodiscard]] std::string_view path_without_parameters(std::string_view policy_path, std::string& scratch);

}  // namespace quivive::http
