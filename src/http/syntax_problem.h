#pragma once
// What a lenient parser has to say about the text it read. The parsers of challenges and credentials report with it.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace quivive::http {

enum class SyntaxFault : std::uint8_t {
  CommaAfterScheme,      // `Bearer, error="x"`: the comma ends the challenge
  MissingComma,          // `realm="a" error="b"`
  UnbalancedQuotes,      // `realm="a`
  UnquotedValue,         // `realm=my site`: a character that needs quotes
  EmptyValue,            // `realm=,`
  DuplicateParameter,    // `realm="a", realm="b"`
  ParameterBeforeScheme, // `realm="a"` with no scheme before it
  MissingScheme,         // nothing at all, or no scheme where there should be one
  BadToken68,            // text after the scheme that is neither token68 nor parameters, or both
  SecondCredential,      // `Basic a, Bearer b` in one Authorization field
  SpaceAroundEquals,     // `realm = "a"`: allowed as bad white space, but many readers fail
  SplitOverLines,        // parameters in another field line than their scheme
  ControlCharacter,
  UnexpectedCharacter,
  TooLong,               // beyond the parser's bounds; the rest was not read
};

// The fault's stable name: "comma-after-scheme" and so on.
[[nodiscard]] std::string_view name_of(SyntaxFault fault);

struct SyntaxProblem {
  SyntaxFault fault{};
  std::size_t line = 0;    // index of the field line
  std::size_t offset = 0;  // byte in that line
  std::string_view detail; // one sentence, static text

  bool operator==(const SyntaxProblem&) const = default;
};

}  // namespace quivive::http
