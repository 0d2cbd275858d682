#pragma once
// Requirement: what a principal must be allowed, beyond being known. Checked on every request, on a cache hit too.

#include "auth/principal.h"
#include "auth/verdict.h"
#include "base/reason.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::auth {

// Satisfied by a set of words that has all of `all_of` and, unless it is empty, one of `any_of`.
struct Terms {
  std::vector<std::string> all_of;
  std::vector<std::string> any_of;
  [[nodiscard]] bool empty() const { return all_of.empty() && any_of.empty(); }
};

// A claim of the token, by its name or by a path through objects ("realm_access.roles"). Its words are: a string itself,
// the elements of an array, a whole number or a boolean as JSON writes it. A principal without the claim does not satisfy it.
struct ClaimTerms {
  std::string claim;
  Terms terms;  // empty: the claim has to be there, whatever it says
};

struct Requirement {
  Terms scopes;
  Terms roles;
  std::vector<ClaimTerms> claims;
  [[nodiscard]] bool empty() const { return scopes.empty() && roles.empty() && claims.empty(); }
};

struct Denial {
  Reason reason = Reason::PolicyDenied;
  std::string detail;          // for the operator
  std::string required_scope;  // ScopeInsufficient: every scope that would be needed, separated by spaces
};

// Nothing if permitted. ScopeInsufficient if a scope is missing, else PolicyDenied. Allocates only to deny.
// Words are compared byte for byte (RFC 6749 section 3.3: scopes are case-sensitive).
[[nodiscard]] std::optional<Denial> authorize(const Requirement& requirement, const Principal& principal);

// Whether every claim that the requirement names was kept of the principal's token. Otherwise authorize() would take what
// was not kept for absent, and the token has to be looked at again.
[[nodiscard]] bool can_judge(const Requirement& requirement, const Principal& principal);

// Writes the denial, and the trace that led to it, into a verdict whose `scheme` is set.
void deny(Verdict& verdict, Denial denial);

}  // namespace quivive::auth
