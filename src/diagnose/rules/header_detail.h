#pragma once
// The parts of rules/header_text.cc: the scheme, the value behind it, and the fields around them.

#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

// Misspelt names, a space before the colon, two credentials, too much of them. header_fields.cc
void header_fields(const Facts& facts, Report& report);
// Quotes, JSON, line breaks, foreign characters, cut ends. header_value.cc
void header_values(const Context& context, const Facts& facts, Report& report);
// Doubled, missing, glued, not offered, in another case. header_scheme.cc
void header_scheme(const Context& context, const Facts& facts, Report& report);

}  // namespace quivive::diagnose::rules
