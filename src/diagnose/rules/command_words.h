#pragma once
// The part of rules/source_text.cc that is about the words of a curl command: what belongs to nothing, and what curl drops.

#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void command_words(const Context& context, Report& report);

}  // namespace quivive::diagnose::rules
