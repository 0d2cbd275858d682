#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void source_text(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
