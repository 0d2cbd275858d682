#pragma once
// The response of a Digest answer, held against the password that the caller gives. For rules/digest.cc.

#include "diagnose/rule.h"
#include "diagnose/rules/digest_detail.h"

#include <string>

namespace quivive::diagnose::digest_detail {

// The request-target that the server saw, as far as known.
[[nodiscard]] std::string target_of(const Request& request);

// Adds DigestWrongResponse where the response cannot be right or is not, DigestBadSecret where it is right and refused. What it
// is computed from is in `context`; without a password only its length is looked at. `challenge` is the one answered, or nullptr.
void judge_response(const Context& context, const Facts& facts, const SentDigest& sent, const http::Challenge* challenge, Report& report);

}  // namespace quivive::diagnose::digest_detail
