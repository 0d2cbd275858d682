#include "store/revocation_set.h"

#include <algorithm>

namespace quivive::store {
namespace {

// iat comes in whole seconds, rounded down; a cut-off within a second refuses that whole second.
std::int64_t first_accepted_second(Instant cutoff) {
  return std::chrono::ceil<std::chrono::seconds>(cutoff).time_since_epoch().count();
}

bool before(std::optional<std::int64_t> issued_at, std::int64_t cutoff) { return !issued_at || *issued_at < cutoff; }

}  // namespace

RevocationSet::RevocationSet(std::span<const Revocation> revocations) {
  for (const Revocation& revocation : revocations) {
    Issuer& issuer = issuers_[revocation.issuer];
    const std::int64_t cutoff = first_accepted_second(revocation.cutoff);
    switch (revocation.kind) {
      case RevocationKind::TokenId:
        issuer.token_ids.insert(revocation.value);
        break;
      case RevocationKind::Subject: {
        const auto [at, added] = issuer.subjects.emplace(revocation.value, cutoff);
        if (!added) at->second = std::max(at->second, cutoff);
        break;
      }
      case RevocationKind::IssuedBefore:
        issuer.issued_before = issuer.issued_before ? std::max(*issuer.issued_before, cutoff) : cutoff;
        break;
    }
  }
}

bool RevocationSet::revoked(std::string_view issuer, std::string_view jti, std::string_view subject,
                            std::optional<std::int64_t> issued_at) const {
  if (issuers_.empty()) return false;
  const auto at = issuers_.find(issuer);
  if (at == issuers_.end()) return false;
  const Issuer& rules = at->second;
  if (rules.issued_before && before(issued_at, *rules.issued_before)) return true;
  if (!jti.empty() && rules.token_ids.contains(jti)) return true;
  if (subject.empty()) return false;
  const auto cutoff = rules.subjects.find(subject);
  return cutoff != rules.subjects.end() && before(issued_at, cutoff->second);
}

}  // namespace quivive::store
