#pragma once
// The reasons of our own gateway.

#include "diagnose/rule.h"

namespace quivive::diagnose::rules {

// True where a gateway of ours refused the request and said why; then that is reported, and certain.
bool gateway_reasons(const Context& context, const Facts& facts, Report& report);

}  // namespace quivive::diagnose::rules
