#pragma once
// What the operator is told of a request that brings no credential which could be judged.

#include "auth/find_credentials.h"
#include "auth/verdict.h"

#include <string>

namespace quivive::auth {

// "found Bearer in Authorization, Session in cookie", or "none found".
[[nodiscard]] std::string credentials_seen(const FoundCredentials& found);

// The refusal of a request for which find_credentials() gave none. Allocates nothing where the request brings nothing at all.
[[nodiscard]] Verdict without_credential(const FoundCredentials& found, const RoutePolicy& policy);

}  // namespace quivive::auth
