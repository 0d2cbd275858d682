#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void server_faults(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
