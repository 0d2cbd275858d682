#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void tokens(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
