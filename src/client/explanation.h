#pragma once
// Why a call ended as it did, and what was done on the way: what `quivive why` would say, for the exchange that has just happened.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::client {

enum class CallCause : std::uint8_t {
#define QUIVIVE_CALL_CAUSE(name, ...) name,
#include "client/call_causes.def"
#undef QUIVIVE_CALL_CAUSE
};

// Stable and public, "" for None. Where diagnose/causes.def has the same fault it has the same code.
[[nodiscard]] std::string_view code_of(CallCause cause);

enum class StepKind : std::uint8_t { Send, Receive, Answer, Refresh, Wait, Redirect, Withhold, Note };
[[nodiscard]] std::string_view name_of(StepKind kind);  // lower case

struct Step {
  StepKind kind{};
  std::string text;  // one line, without a secret
};

struct Explanation {
  CallCause cause = CallCause::None;
  std::string summary;      // one line for people, without a secret; "" where there is nothing to say
  std::vector<Step> steps;  // in order
};

}  // namespace quivive::client
