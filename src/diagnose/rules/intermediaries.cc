#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void intermediaries(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
