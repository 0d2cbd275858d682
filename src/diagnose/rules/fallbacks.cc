#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void fallbacks(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
