#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void bound(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
