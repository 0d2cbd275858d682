#pragma once
// What a refusal is about where it is not about who asks: a missing right, or a check that has nothing to do with either.

#include "diagnose/facts.h"

#include <string_view>

namespace quivive::diagnose::rules {

// The first text found by which servers say that a known caller lacks a right; "" where there is none.
[[nodiscard]] std::string_view permission_text(const Facts& facts);
// Whether the answer is about such a right, in whatever words.
[[nodiscard]] bool speaks_of_a_right(const Facts& facts);
// Firewalls, bot checks and web servers forbid for reasons that have nothing to do with who asks.
[[nodiscard]] bool is_forbidden_otherwise(const Facts& facts);
// Of those, the check for bots or attacks that answered before the server could: its name, "" where there is none.
[[nodiscard]] std::string_view bot_check(const Facts& facts);

}  // namespace quivive::diagnose::rules
