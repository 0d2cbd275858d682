#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void token_keys(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
