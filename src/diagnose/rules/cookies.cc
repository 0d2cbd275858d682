#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void cookies(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
