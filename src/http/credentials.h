#pragma once
// The value of Authorization (RFC 9110 section 11.6.2): a quick split for the gateway and a full parse with problems for
// Digest and the debugger.

#include "http/challenge.h"
#include "http/syntax_problem.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::http {

struct SplitCredentials {
  std::string_view scheme;  // "" where the value does not begin with a scheme: a token, then SP or the end
  std::string_view rest;    // without surrounding SP; "" where there is nothing; the whole value where scheme is ""
};
// credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]: the two sides of 1*SP. Borrows from `value`.
[[nodiscard]] SplitCredentials split_credentials(std::string_view value);

// Whether the value holds more than one credential, as when an intermediary joins two fields: `Basic a, Bearer b`.
// Two readers could pick different ones. True also for `Bearer a, b`; false for the parameter list of one credential.
[[nodiscard]] bool holds_several_credentials(std::string_view value);

struct ParsedCredentials {
  std::string scheme;  // "" where there is none
  std::optional<std::string> token68;
  std::vector<AuthParam> params;
  std::vector<SyntaxProblem> problems;

  // The value of the first parameter of that name in any case, or nullptr.
  [[nodiscard]] const std::string* param(std::string_view name) const;
};
// Reads one credential, leniently; empty `problems` means that the value is well formed. A second credential is a problem.
[[nodiscard]] ParsedCredentials parse_credentials(std::string_view value);

}  // namespace quivive::http
