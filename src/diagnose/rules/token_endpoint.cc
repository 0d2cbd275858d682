#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void token_endpoint(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
