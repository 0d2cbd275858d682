#pragma once
// Requests that browsers make: what the kind of request cannot carry, and what a script or the browser left out or repeats.
// For rules/cookies.cc.

#include "diagnose/rule.h"

namespace quivive::diagnose::script_detail {

void judge(const Context& context, const Facts& facts, Report& report);

}  // namespace quivive::diagnose::script_detail
