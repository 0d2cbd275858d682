#pragma once
// Challenges as servers send them in WWW-Authenticate (RFC 9110 section 11.6.1). The parser reads what it can of a
// malformed value and reports what is wrong with it: it serves clients and the debugger, never a decision to admit.

#include "http/syntax_problem.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::http {

inline constexpr std::size_t kMaxChallengeBytes = 64 * 1024;  // of all lines together
inline constexpr std::size_t kMaxChallenges = 64;
inline constexpr std::size_t kMaxAuthParams = 64;             // in one challenge
inline constexpr std::size_t kMaxSyntaxProblems = 64;

// auth-param = token BWS "=" BWS ( token / quoted-string )
struct AuthParam {
  std::string name;   // as sent; compare without case
  std::string value;  // unescaped
  bool quoted = false;

  bool operator==(const AuthParam&) const = default;
};

// challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
struct Challenge {
  std::string scheme;                  // as sent; compare without case
  std::optional<std::string> token68;
  std::vector<AuthParam> params;       // in the order sent
  std::size_t line = 0;                // where the scheme is
  std::size_t offset = 0;

  // The value of the first parameter of that name in any case, or nullptr.
  [[nodiscard]] const std::string* param(std::string_view name) const;
};

struct ParsedChallenges {
  std::vector<Challenge> challenges;
  std::vector<SyntaxProblem> problems;  // in the order met; empty means that the value is well formed
};

// Parses the values of all WWW-Authenticate (or Proxy-Authenticate) lines of one response, in order.
[[nodiscard]] ParsedChallenges parse_challenges(std::span<const std::string_view> lines);
[[nodiscard]] ParsedChallenges parse_challenges(std::string_view line);

}  // namespace quivive::http
