#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void header_text(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
