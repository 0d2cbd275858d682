#include "base/reason.h"

namespace quivive {
namespace {

constexpr ReasonInfo kReasons[] = {
#define QUIVIVE_REASON(name, ...) {Reason::name, #name, __VA_ARGS__},
#include "base/reasons.def"
#undef QUIVIVE_REASON
};

}  // namespace

std::span<const ReasonInfo> all_reasons() { return kReasons; }

const ReasonInfo& info(Reason reason) { return kReasons[static_cast<std::size_t>(reason)]; }

std::optional<Reason> reason_from_code(std::string_view code) {
  for (const ReasonInfo& row : kReasons) {
    if (row.code == code) return row.reason;
  }
  return std::nullopt;
}

}  // namespace quivive
