#pragma once
// What a scheme's check comes to, before the route's requirement is looked at, and what every check is given.

#include "auth/need.h"
#include "auth/principal.h"
#include "auth/route_policy.h"
#include "auth/snapshot.h"
#include "auth/verdict.h"

#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <variant>

namespace quivive::auth {

struct Tools;

// Borrows policy and tools; see Attempt.
struct CheckContext {
  const RoutePolicy& policy;
  std::shared_ptr<const Snapshot> snapshot;
  Tools& tools;
  Instant now;
  bool explain = false;
  std::pmr::memory_resource* memory = std::pmr::new_delete_resource();  // for what may be remembered
};

// Proven, refused, or not known yet.
using Finding = std::variant<std::shared_ptr<const Principal>, Verdict, Need>;

// A refusal with its trace.
[[nodiscard]] Verdict refuse(Scheme scheme, Reason reason, std::string detail);
// The same, where the checks are not those of the scheme: a login by password has a session's scheme.
[[nodiscard]] Verdict refuse(Scheme scheme, CheckList checks, Reason reason, std::string detail);
// For the operator, of a name that was sent and that no user has. It is not quoted. Threat: people type passwords into the name's field.
[[nodiscard]] std::string no_user_of(std::string_view name);
// An outage: our failure, never the client's.
[[nodiscard]] Verdict unavailable(Scheme scheme, Unavailable what);
// The driver answered another question than was asked: a bug, which must not let anybody in.
[[nodiscard]] Verdict wrong_answer(Scheme scheme);

}  // namespace quivive::auth
