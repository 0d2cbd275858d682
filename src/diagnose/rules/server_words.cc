#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

void server_words(const Context&, Report&) {}

}  // namespace quivive::diagnose::rules
