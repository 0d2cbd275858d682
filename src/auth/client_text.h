#pragma once
// What the client reads. What is known and what is said are two values; this is the one place that maps them.

#include "auth/route_policy.h"
#include "base/reason.h"

#include <string_view>

namespace quivive::auth {

// Static text. `error` is the JSON body's "error", `description` one sentence.
struct ClientText {
  std::string_view error;
  std::string_view description;
};

// From the reason's row; for credentials-missing by what the route accepts: "Missing authentication token", "Missing API
// key", "Missing user name and password", or "Missing credentials" where several kinds would do without a token.
// `policy` may be null: no route matched.
[[nodiscard]] ClientText client_text(const RoutePolicy* policy, Reason reason);

}  // namespace quivive::auth
