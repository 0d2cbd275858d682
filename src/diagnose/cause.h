#pragma once
// Cause: why a request was refused, as `quivive why` names it. One list, diagnose/causes.def; all else is derived from it.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quivive::diagnose {

enum class Cause : std::uint8_t {
#define QUIVIVE_CAUSE(name, ...) name,
#include "diagnose/causes.def"
#undef QUIVIVE_CAUSE
};

// The groups of the list; each has one file of rules.
enum class CauseFamily : std::uint8_t { Sent, HeaderText, Basic, Token, Key, Client, Digest, Bound, Redirect, Intermediary, Browser };

struct CauseInfo {
  Cause cause;
  std::string_view code;  // stable and public
  CauseFamily family;
  std::uint8_t rank;  // how directly it explains a refusal; the highest is the verdict
  std::string_view title;
  std::string_view reference;  // "" where no standard has it
};

// Every row, in the order of the enumerators.
[[nodiscard]] std::span<const CauseInfo> all_causes();
[[nodiscard]] const CauseInfo& info(Cause cause);
[[nodiscard]] std::optional<Cause> cause_from_code(std::string_view code);
[[nodiscard]] std::string_view name_of(CauseFamily family);  // a heading: "Header text"

[[nodiscard]] inline std::string_view code_of(Cause cause) { return info(cause).code; }

}  // namespace quivive::diagnose
