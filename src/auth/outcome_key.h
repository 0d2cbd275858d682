#pragma once
// What an outcome cache is asked with, and whether a remembered outcome still holds. Caching an outcome is remembering
// who was proved, never that they were allowed: the requirement of the route is checked on every request
// (GHSA-qvp4-rpmr-xwrr).
//
//   found = find_credentials(request, policy)
//   if (found.credential) principal = cache.find(digest(outcome_key(*found.credential)))
//   if (principal) verdict = accept_remembered(policy, principal, snapshot, now)
//   if (!verdict) run an Attempt; on an allowed or a 403 verdict remember verdict.principal until principal->not_after()

#include "auth/find_credentials.h"
#include "auth/route_policy.h"
#include "auth/snapshot.h"
#include "auth/verdict.h"

#include <memory>
#include <optional>
#include <string_view>

namespace quivive::auth {

// The bytes that identify a credential: `scheme` is one octet of domain separation, so that a text cannot be remembered
// as a token and found as a key. The cache keeps a keyed digest of both, never the credential. `bytes` borrows the request.
struct OutcomeKey {
  char scheme = 0;
  std::string_view bytes;
};
[[nodiscard]] OutcomeKey outcome_key(const Credential& credential);

// The verdict about a request whose credential was proved before. Nothing if the proof may not be used here: the route
// does not accept the scheme or that very issuer policy; not_after is past; the token is revoked; the key set or the
// store has changed since; the route requires a claim that was not kept of the token. Then a full Attempt decides. Allowed, ScopeInsufficient or PolicyDenied otherwise.
// Allocates nothing for Allowed.
[[nodiscard]] std::optional<Verdict> accept_remembered(const RoutePolicy& policy,
                                                       std::shared_ptr<const Principal> principal,
                                                       const Snapshot& snapshot, Instant now);

}  // namespace quivive::auth
