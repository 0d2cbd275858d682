#pragma once
// The parts of rules/basic.cc that are not about the payload: what a user name may be, and what the server says of it.

#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void colon_in_user(const Context& context, const Facts& facts, Report& report);
void password_refused(const Facts& facts, Report& report);
void domain_missing(const Facts& facts, Report& report);

}  // namespace quivive::diagnose::rules
