#pragma once
// Credentials that were sent and did not arrive: the server says that there were none, and something in between is known
// for dropping or replacing them. For rules/intermediaries.cc.

#include "diagnose/rule.h"

namespace quivive::diagnose::stripped_detail {

// The server names the lack of credentials: `error` absent from a bare Bearer challenge, or a text of a framework.
[[nodiscard]] bool says_nothing_came(const Facts& facts);

void judge(const Context& context, const Facts& facts, Report& report);

}  // namespace quivive::diagnose::stripped_detail
