#pragma once
// Check: one step of a decision, for the operator's eyes. Holds kid, alg, iss, aud, sub and instants; never a token, a key,
// a password or a hash.

#include "auth/scheme.h"
#include "base/reason.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::auth {

enum class Outcome : std::uint8_t { Passed, Failed, Skipped };  // Skipped: not reached

struct Check {
  std::string_view name;  // static text: "form", "signature", "expiry", …
  Outcome outcome = Outcome::Skipped;
  std::string note;  // what was seen and what was wanted, printable; may be empty
};

// The checks of one kind of credential, in the order in which they are made.
enum class CheckList : std::uint8_t { Token, ApiKey, Password, Digest, Session };
[[nodiscard]] CheckList checks_of(Scheme scheme);

// Every check of that list: those before the one that `failed` belongs to have passed, those after it were not reached.
// For Reason::Allowed all have passed. Checks that are made together are all made, and pass unless add_failure() says
// otherwise. A reason that belongs to no check of the list leaves them all Skipped.
[[nodiscard]] std::vector<Check> trace_of(CheckList list, Reason failed, std::string_view note);

// Marks the check that `also` belongs to as failed too: a token can be wrong in several ways.
void add_failure(std::vector<Check>& checks, CheckList list, Reason also, std::string_view note);

}  // namespace quivive::auth
