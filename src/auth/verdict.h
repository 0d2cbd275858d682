#pragma once
// Verdict: what was decided about one request, and everything that the response, the log and `explain` say about it.

#include "auth/principal.h"
#include "auth/scheme.h"
#include "auth/trace.h"
#include "base/clock.h"
#include "base/reason.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace quivive::auth {

struct Verdict {
  // A verdict that nobody filled in must not let anybody in.
  Reason reason = Reason::VerifierMisconfigured;
  // Who was proved to be there: also on a 403, where the proof was good and the permission was not. Null otherwise,
  // and on a public route.
  std::shared_ptr<const Principal> principal;
  // The scheme of the credential that was judged; nothing where none was found.
  std::optional<Scheme> scheme;
  // For the operator only: what was seen and what was wanted, one printable line. Never sent to the client.
  std::string detail;
  // ScopeInsufficient: the scopes the route asks for, separated by spaces (RFC 6750 section 3).
  std::string required_scope;
  // Allowed by Digest: the value of Authentication-Info, for the response (RFC 7615 section 3).
  std::string authentication_info;
  // VerifierUnavailable, VerifierOverloaded, LockedOut: when to try again; zero if unknown.
  Duration retry_after{0};
  // Each check made. Filled on rejection, or when asked for.
  std::vector<Check> checks;

  [[nodiscard]] bool allowed() const { return reason == Reason::Allowed; }
};

// The one of two failures that tells more: a check that failed after a good signature outranks a bad signature, which
// outranks a malformed value, which outranks a missing one. The first of equals.
[[nodiscard]] inline Reason more_telling(Reason a, Reason b) { return info(b).rank > info(a).rank ? b : a; }

}  // namespace quivive::auth
