#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void cors(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
