#include "auth/challenges.h"

#include "http/challenge_writer.h"

namespace quivive::auth {

bool may_prompt(const RoutePolicy& policy) {
  const bool asks = policy.accepts(Scheme::Basic) || policy.accepts(Scheme::Digest);
  return asks && (policy.accepts(Scheme::Bearer) || policy.accepts(Scheme::ApiKey) || policy.accepts(Scheme::Session));
}

bool needs_nonce(const RoutePolicy& policy, const Verdict& verdict) {
  return policy.accepts(Scheme::Digest) && detail::has_challenges(verdict);
}

namespace detail {

bool has_challenges(const Verdict& verdict) { return info(verdict.reason).status == 401; }

BearerError bearer_error(const RoutePolicy& policy, const Verdict& verdict) {
  BearerError out;
  const ReasonInfo& row = info(verdict.reason);
  if (verdict.scheme != Scheme::Bearer || !policy.accepts(Scheme::Bearer) || row.wire_error.empty()) return out;
  out.alone = row.status == 403 && verdict.reason == Reason::ScopeInsufficient && policy.settings().challenge_on_forbidden;
  if (row.status != 401 && !out.alone) return out;
  // RFC 6750 section 3: realm, error, error_description, scope.
  http::ChallengeWriter writer(out.text.emplace(), info(Scheme::Bearer).challenge);
  writer.quoted("realm", policy.realm()).quoted("error", row.wire_error).quoted("error_description", row.description);
  if (!verdict.required_scope.empty()) writer.quoted("scope", verdict.required_scope);
  return out;
}

}  // namespace detail
}  // namespace quivive::auth
