#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void redirects(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
