#pragma once
// `quivive fetch --login`: a sign-in on the way, where the profile has no tokens that can be used.

#include "cli/login_flow.h"
#include "client/origin.h"

#include <chrono>

namespace quivive::cli {

// Signs in where the profile is not there, is of another issuer or client than was asked for, or has no token that is good or can be renewed; tells
// on standard error. What else is wrong with the profile is left to whoever reads it. `origin` is where the token of a new profile goes, and nowhere else.
// Waits `patience` at most for whatever keeps the profile.
[[nodiscard]] Result<void, Failure> sign_in_if_due(const Command& self, AskedLogin& asked, const client::Origin& origin, std::chrono::milliseconds patience, Io& io);
// Signs in whatever the profile has.
[[nodiscard]] Result<void, Failure> sign_in_anew(const Command& self, const AskedLogin& asked, Io& io);

}  // namespace quivive::cli
