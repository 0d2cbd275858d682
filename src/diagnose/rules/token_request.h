#pragma once
// Requests to an OAuth token endpoint (RFC 6749 section 3.2): what they ask for and how the client says who it is.

#include "diagnose/facts.h"

#include <string>
#include <string_view>

namespace quivive::diagnose::rules {

[[nodiscard]] bool is_token_request(const Facts& facts);
// A member of the body, form or JSON; "" where there is none.
[[nodiscard]] std::string body_member(const Facts& facts, std::string_view name);
// A string member of the answer's JSON; "" where there is none.
[[nodiscard]] std::string answer_member(const Facts& facts, std::string_view name);

}  // namespace quivive::diagnose::rules
