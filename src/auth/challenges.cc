#include "auth/challenges.h"

#include "http/challenge_writer.h"

namespace quivive::auth {
namespace {

// RFC 6750 section 3: realm, error, error_description, scope.
std::string bearer_with_error(const RoutePolicy& policy, const Verdict& verdict) {
  const ReasonInfo& row = info(verdict.reason);
  std::string line;
  http::ChallengeWriter writer(line, info(Scheme::Bearer).challenge);
  writer.quoted("realm", policy.realm()).quoted("error", row.wire_error).quoted("error_description", row.description);
  if (!verdict.required_scope.empty()) writer.quoted("scope", verdict.required_scope);
  return line;
}

}  // namespace

std::span<const std::string> challenges_for(const RoutePolicy& policy, const Verdict& verdict,
                                            std::vector<std::string>& scratch) {
  const ReasonInfo& row = info(verdict.reason);
  const bool token_failed =
      verdict.scheme == Scheme::Bearer && policy.accepts(Scheme::Bearer) && !row.wire_error.empty();
  if (row.status == 403) {
    const bool wanted =
        token_failed && verdict.reason == Reason::ScopeInsufficient && policy.settings().challenge_on_forbidden;
    if (!wanted) return {};
    scratch.assign(1, bearer_with_error(policy, verdict));
    return scratch;
  }
  if (row.status != 401) return {};
  if (!token_failed) return policy.challenges();
  scratch.assign(policy.challenges().begin(), policy.challenges().end());
  for (std::size_t i = 0; i < policy.accepted().size(); ++i) {
    if (policy.accepted()[i] == Scheme::Bearer) scratch[i] = bearer_with_error(policy, verdict);
  }
  return scratch;
}

}  // namespace quivive::auth
