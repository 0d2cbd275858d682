#include "auth/outcome_key.h"

#include <algorithm>

namespace quivive::auth {
namespace {

// Whether the token would be found good again, without looking at it again.
bool still_stands(const RoutePolicy& policy, const Principal& principal, const Snapshot& snapshot) {
  const Basis& basis = principal.basis();
  // The same object, not the same name: another policy may want another audience.
  const auto& issuers = policy.settings().issuers;
  if (std::ranges::find(issuers, basis.issuer) == issuers.end()) return false;
  // A verdict ends when the key that signed the token leaves the set.
  if (basis.issuer->key_slot >= snapshot.issuers.size()) return false;
  const IssuerKeys& current = snapshot.issuers[basis.issuer->key_slot];
  if (current.keys != basis.keys || current.issuer != principal.issuer()) return false;
  if (snapshot.revocations == nullptr) return false;
  const std::optional<Instant> issued = principal.issued_at();
  return !snapshot.revocations->revoked(principal.issuer(), principal.token_id(), principal.subject(),
                                        issued ? std::optional(unix_seconds(*issued)) : std::nullopt);
}

bool records_stand(const Principal& principal, const Snapshot& snapshot) {
  const Basis& basis = principal.basis();
  return basis.store_epoch == snapshot.store_epoch && (principal.scheme() != Scheme::Session || basis.session_epoch == snapshot.session_epoch);
}

}  // namespace

OutcomeKey outcome_key(const Credential& credential) {
  // Written out, not taken from the enumerator: a row added to schemes.def must not renumber what a cache holds.
  switch (credential.scheme) {
    case Scheme::Digest: return {'d', credential.value};  // counts once; what is remembered is its user
    case Scheme::Bearer: return {'b', credential.value};
    case Scheme::ApiKey: return {'k', credential.value};
    case Scheme::Session: return {'s', credential.value};
    case Scheme::Basic: return {'p', credential.value};
  }
  return {};
}

std::optional<Verdict> accept_remembered(const RoutePolicy& policy, std::shared_ptr<const Principal> principal,
                                         const Snapshot& snapshot, Instant now) {
  if (principal == nullptr || !policy.accepts(principal->scheme()) || now >= principal->not_after())
    return std::nullopt;
  const bool stands = principal->scheme() == Scheme::Bearer ? still_stands(policy, *principal, snapshot) : records_stand(*principal, snapshot);
  // A route that names a claim which no route named before, as after a reload: the token says what it is.
  if (!stands || !can_judge(policy.requirement(), *principal)) return std::nullopt;
  std::optional<Verdict> verdict(std::in_place);
  verdict->scheme = principal->scheme();
  // On every request, on a hit too: scope is never cached as allowed (GHSA-qvp4-rpmr-xwrr).
  if (std::optional<Denial> denial = authorize(policy.requirement(), *principal)) {
    deny(*verdict, std::move(*denial));
  } else {
    verdict->reason = Reason::Allowed;
  }
  verdict->principal = std::move(principal);
  return verdict;
}

}  // namespace quivive::auth
