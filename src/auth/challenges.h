#pragma once
// The WWW-Authenticate values of a rejection (RFC 9110 section 11.6.1): data, which the one response writer writes.

#include "auth/route_policy.h"
#include "auth/verdict.h"

#include <span>
#include <string>
#include <vector>

namespace quivive::auth {

// One value for each field line, strongest first, each with its realm. Every 401 has at least one. A 403 has none, but for
// ScopeInsufficient of a Bearer principal where the route says `challenge_on_forbidden` (RFC 6750 section 3.1); every
// other status has none. Bearer carries `error` and `error_description` only if it was the token that failed.
// The span is valid while `policy` and `scratch` live and `scratch` is unchanged; `scratch` is touched only where the
// route's precomputed lines do not do.
[[nodiscard]] std::span<const std::string> challenges_for(const RoutePolicy& policy, const Verdict& verdict,
                                                          std::vector<std::string>& scratch);

}  // namespace quivive::auth
