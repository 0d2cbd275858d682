#include "client/explanation.h"

namespace quivive::client {

std::string_view code_of(CallCause cause) {
  switch (cause) {
#define QUIVIVE_CALL_CAUSE(name, code, shared) \
  case CallCause::name:                        \
    return code;
#include "client/call_causes.def"
#undef QUIVIVE_CALL_CAUSE
  }
  return {};
}

std::string_view name_of(StepKind kind) {
  switch (kind) {
    case StepKind::Send: return "send";
    case StepKind::Receive: return "receive";
    case StepKind::Answer: return "answer";
    case StepKind::Refresh: return "refresh";
    case StepKind::Wait: return "wait";
    case StepKind::Redirect: return "redirect";
    case StepKind::Withhold: return "withhold";
    case StepKind::Note: return "note";
  }
  return {};
}

}  // namespace quivive::client
