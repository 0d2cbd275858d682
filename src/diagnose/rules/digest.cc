#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void digest(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
