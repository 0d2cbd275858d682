#pragma once
// Attempt: the decision about one request, as a state machine without I/O. It takes facts, and gives a Verdict or says
// what it Needs to know. Three drivers use it unchanged: the gateway, a blocking loop, and `explain`.
//
//   Attempt attempt(policy, found, snapshot, tools, now);
//   Step step = attempt.advance();
//   while (const Need* need = std::get_if<Need>(&step)) step = attempt.advance(resolve(*need));
//   respond(std::get<Verdict>(step));

#include "auth/find_credentials.h"
#include "auth/need.h"
#include "auth/route_policy.h"
#include "auth/schemes/api_key.h"
#include "auth/schemes/basic.h"
#include "auth/schemes/bearer.h"
#include "auth/schemes/digest.h"
#include "auth/schemes/session.h"
#include "auth/snapshot.h"
#include "auth/tools.h"
#include "auth/verdict.h"

#include <memory>
#include <variant>

namespace quivive::auth {

class Attempt {
 public:
  // Borrows `policy`, `tools` and the bytes behind `found` until the verdict. `tools` are the worker's own: every
  // advance() runs on that worker's thread. `snapshot` is not null. `explain` fills Verdict::checks on success too.
  // The principal of a token lies in `memory`, which outlives it.
  Attempt(const RoutePolicy& policy, const FoundCredentials& found, std::shared_ptr<const Snapshot> snapshot,
          Tools& tools, Instant now, bool explain = false,
          std::pmr::memory_resource* memory = std::pmr::new_delete_resource());

  // The first step. A request without credentials, and most tokens, are decided here.
  [[nodiscard]] Step advance();
  // After a Need: what was found out. An Answer of another kind than was asked for is VerifierMisconfigured. At most three
  // needs come before the verdict.
  [[nodiscard]] Step advance(Answer answer);
  // Whom a right Digest response proved; null otherwise.
  [[nodiscard]] std::shared_ptr<const DigestUser> digest_user() const;

 private:
  [[nodiscard]] Step finish(Finding finding);  // a proof becomes a verdict once the requirement has been checked
  FoundCredentials found_;
  CheckContext context_;
  std::variant<std::monostate, BearerCheck, ApiKeyCheck, BasicCheck, DigestCheck, SessionCheck> check_;
};

}  // namespace quivive::auth
