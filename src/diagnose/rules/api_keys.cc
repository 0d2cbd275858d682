#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void api_keys(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
