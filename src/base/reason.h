#pragma once
// Reason: why the gateway decided as it did. One list, base/reasons.def; everything else is derived from it.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quivive {

enum class Reason : std::uint8_t {
#define QUIVIVE_REASON(name, ...) name,
#include "base/reasons.def"
#undef QUIVIVE_REASON
};

struct ReasonInfo {
  Reason reason;
  std::string_view name;         // the enumerator
  std::string_view code;         // stable and public: log field, metric label, documentation anchor
  std::uint16_t status;          // HTTP status
  std::string_view wire_error;   // `error` of a Bearer challenge, "" for none
  std::uint8_t rank;             // how much it tells; the highest of several failures is reported
  std::string_view error;        // the client's short text
  std::string_view description;  // the client's sentence
  std::string_view operator_text;
};

// Every row, in the order of the enumerators.
[[nodiscard]] std::span<const ReasonInfo> all_reasons();
[[nodiscard]] const ReasonInfo& info(Reason reason);
[[nodiscard]] std::optional<Reason> reason_from_code(std::string_view code);

[[nodiscard]] inline std::string_view code_of(Reason reason) { return info(reason).code; }

}  // namespace quivive
