#pragma once
// The parts of rules/basic.cc that are not about the payload: what a user name may be, what the server says of it,
// and what the caller knows.

#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void colon_in_user(const Context& context, const Facts& facts, Report& report);
void password_refused(const Facts& facts, Report& report);
void domain_missing(const Facts& facts, Report& report);
void given_password(const Context& context, const Facts& facts, Report& report);  // basic_given.cc

}  // namespace quivive::diagnose::rules
