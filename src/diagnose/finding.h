#pragma once
// Finding: one thing that `why` has to say, with its evidence. A verdict is the finding that most likely is the cause.

#include "diagnose/cause.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

// Certain: the input alone proves it. Probable: a known pattern, one other explanation is realistic. Suggestive: worth
// naming, with what would decide it.
enum class Certainty : std::uint8_t { Suggestive, Probable, Certain };
[[nodiscard]] constexpr std::string_view name_of(Certainty c) {
  return c == Certainty::Certain ? "certain" : c == Certainty::Probable ? "probable" : "suggestive";
}

// Error: explains the refusal. Warning: wrong, and not what this refusal is about. Note: worth knowing.
enum class Severity : std::uint8_t { Note, Warning, Error };
[[nodiscard]] constexpr std::string_view name_of(Severity s) {
  return s == Severity::Error ? "error" : s == Severity::Warning ? "warning" : "note";
}

// Parts: "request.line", "request.url", "request.header", "request.query", "request.cookie", "request.body",
// "response.status", "response.header", "response.body", "token.header", "token.payload", "command", "tool", "clock".
struct Evidence {
  std::string part;
  std::string name;  // of the field, parameter, cookie or claim; "" where there is none
  std::string text;  // the bytes that show it; secrets are taken out before anything is printed
  std::string mark;  // the piece of `text` at fault, to be underlined; "" for all of it
};

struct Finding {
  Cause cause{};
  Certainty certainty{};
  Severity severity{};
  std::optional<std::size_t> exchange;  // Exchange::index; nothing where it is about no single one
  std::string summary;                  // one sentence with the values seen
  std::string detail;                   // more, or ""
  std::string fix;                      // what to do, for who reads it
  std::vector<Evidence> evidence;
  std::vector<std::string_view> own;    // fixed texts of ours that these were made of: redaction leaves them whole
  std::string_view page;                // the code of the page to read, where it is another than the cause's
  bool server_said = false;  // the server named this fault: it decides between equals
};

}  // namespace quivive::diagnose
