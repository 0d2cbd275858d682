#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void basic(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
