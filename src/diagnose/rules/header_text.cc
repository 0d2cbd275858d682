// Authorization that cannot be read, decidable from the request alone; and what the challenge wants in its place.

#include "diagnose/rules/header_detail.h"

namespace quivive::diagnose::rules {

void header_text(const Context& context, Report& report) {
  for (const Facts& facts : context.facts) {
    if (facts.request() == nullptr || facts.superseded) continue;
    header_fields(facts, report);
    header_values(context, facts, report);
    header_scheme(context, facts, report);
  }
}

}  // namespace quivive::diagnose::rules
