#pragma once
// The parts of rules/api_keys.cc: whose key it is, where it was put, and what particular servers answer.

#include "diagnose/rule.h"

#include <optional>
#include <string>

namespace quivive::diagnose::rules {

// The token or key itself, without scheme, `token="…"` and Basic; "" where it is none. Basic gives the half that is a key.
[[nodiscard]] std::string bare_secret(const SentCredential& credential);

void key_vendor(const Context& context, const Facts& facts, Report& report);   // key_vendor.cc
void key_place(const Context& context, const Facts& facts, Report& report);    // key_place.cc
void key_answers(const Context& context, const Facts& facts, Report& report);  // key_answers.cc

}  // namespace quivive::diagnose::rules
