#pragma once
// Diagnostic: one thing that is wrong or doubtful about a configuration, and where it says so.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace quivive::config {

enum class Severity : std::uint8_t { Error, Warning };

// A place in a text, both from 1; 0 where there is none (a setting that is missing altogether).
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const Position&) const = default;
};

struct Diagnostic {
  Severity severity = Severity::Error;
  std::uint32_t line = 0;    // from 1; 0: about the file as a whole
  std::uint32_t column = 0;  // from 1
  std::string path;          // "routes[2].accept"; "" for the text itself
  std::string message;       // one printable line; never the value of a secret
};

// "quivive.yaml:14:7   accept.bearer.issuers[0].algoritms: no such setting; did you mean 'algorithms'?"
[[nodiscard]] std::string format(const Diagnostic& diagnostic, std::string_view file);
// One line each, messages aligned, warnings marked; the order is that of the span.
[[nodiscard]] std::string format(std::span<const Diagnostic> diagnostics, std::string_view file);

}  // namespace quivive::config
