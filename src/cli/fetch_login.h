#pragma once
// `quivive fetch --login`: a sign-in on the way, where the profile has no tokens that can be used.

#include "agent/client.h"
#include "cli/login_flow.h"
#include "client/origin.h"

namespace quivive::cli {

// Signs in where the profile is not there, has no token that is good or can be renewed, or was made without a scope that is asked for; tells on
// standard error. A Failure where the profile is of another issuer or client than is asked for, or nobody is there to sign in. What else is wrong with
// it is left to whoever reads it. `origin` is where the token of a new profile goes, and nowhere else. Scopes are asked for beside those it has.
[[nodiscard]] Result<void, Failure> sign_in_if_due(const Command& self, AskedLogin& asked, const client::Origin& origin, Io& io);

// Whether a call that a profile's token went with, or was to go with, ended so because its tokens are over: another sign-in may help.
[[nodiscard]] bool tokens_are_over(const agent::Response& response);
// A Failure where it is of another issuer or client than is asked for.
[[nodiscard]] Result<void, Failure> check_asked_for(const AskedLogin& asked, const agent::ProfileIdentity& profile);
[[nodiscard]] bool is_same_sign_in(const agent::ProfileIdentity& a, const agent::ProfileIdentity& b);

// Somebody sees what is shown, or it was said how to sign in.
[[nodiscard]] bool somebody_is_here(const AskedLogin& asked, Io& io);
// After such a call: signs in, unless another process has brought new tokens meanwhile. `opened` is the profile as it was read for that call, and
// `tried` its tokens then; a Failure where it is gone or another sign-in by now.
[[nodiscard]] Result<void, Failure> sign_in_anew(const Command& self, AskedLogin& asked, const agent::OpenedProfile& opened,
                                                 const client::Token& tried, Io& io);

}  // namespace quivive::cli
