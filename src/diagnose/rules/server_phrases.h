#pragma once
// How a fault is put when it is the server that names it.

#include "base/reason.h"
#include "diagnose/cause.h"

#include <optional>
#include <string_view>

namespace quivive::diagnose::rules {

struct Phrase {
  Cause cause{};
  std::string_view summary;  // a clause that the server's own words follow
  std::string_view fix;
};
// For every cause that diagnose/fingerprints.def names, or that a reason of our gateway stands for; general words for others.
// `emitter` is the fingerprint's: what to do may be particular to it, and names no other product.
[[nodiscard]] Phrase phrase_of(Cause cause, std::string_view emitter = {});

// What to do about a reason of our gateway, which says more than the cause that it belongs to.
[[nodiscard]] std::string_view fix_of(Reason reason, Cause cause);
// What a reason of our gateway is called here; nothing for those that explain no refusal (outages).
[[nodiscard]] std::optional<Cause> cause_of(Reason reason);

}  // namespace quivive::diagnose::rules
