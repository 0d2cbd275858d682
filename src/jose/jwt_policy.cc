#include "jose/jwt_policy.h"

#include "jose/claim_checks.h"

#include <algorithm>

namespace quivive::jose {
namespace {

constexpr Duration kMaxLeeway = std::chrono::minutes{10};

template <class Container, class Value>
bool contains(const Container& container, const Value& value) {
  return std::find(container.begin(), container.end(), value) != container.end();
}

template <class T>
void add_once(std::vector<T>& list, T value) {
  if (!contains(list, value)) list.push_back(std::move(value));
}

}  // namespace

bool JwtPolicy::allows(JwsAlgorithm algorithm) const { return contains(algorithms_, algorithm); }

Result<void> JwtPolicy::check_keys(const KeySet& keys) const {
  const bool symmetric = is_symmetric(algorithms_.front());  // all are, or none
  std::size_t usable = 0;
  for (const Jwk& key : keys.keys()) {
    if (key.is_symmetric() && !symmetric) {
      return error("issuer {}: a secret among the keys, but only public-key algorithms are allowed", issuer_);
    }
    const bool fits = std::any_of(algorithms_.begin(), algorithms_.end(),
                                  [&](JwsAlgorithm algorithm) { return key.fits(algorithm); });
    // A secret that is too short is a mistake to mend; a public key of another kind is just not for us.
    if (key.is_symmetric() && !fits) {
      return error("issuer {}: the secret has {} bits and fits none of the allowed algorithms", issuer_,
                   key.secret()->size() * 8);
    }
    usable += fits ? 1 : 0;
  }
  if (usable == 0) return error("issuer {}: none of {} keys fits an allowed algorithm", issuer_, keys.keys().size());
  return {};
}

JwtPolicy::Builder::Builder(std::string issuer) { policy_.issuer_ = std::move(issuer); }

JwtPolicy::Builder& JwtPolicy::Builder::accept_any_issuer() { return policy_.accepts_any_issuer_ = true, *this; }
JwtPolicy::Builder& JwtPolicy::Builder::accept_audience(std::string audience) {
  return add_once(policy_.audiences_, std::move(audience)), *this;
}
JwtPolicy::Builder& JwtPolicy::Builder::accept_any_audience() { return any_audience_ = true, *this; }
JwtPolicy::Builder& JwtPolicy::Builder::allow_algorithm(JwsAlgorithm algorithm) {
  return add_once(policy_.algorithms_, algorithm), *this;
}
JwtPolicy::Builder& JwtPolicy::Builder::leeway(Duration leeway) { return policy_.leeway_ = leeway, *this; }
JwtPolicy::Builder& JwtPolicy::Builder::allow_missing_expiration() {
  return policy_.requires_expiration_ = false, *this;
}
JwtPolicy::Builder& JwtPolicy::Builder::require_type(std::string typ) {
  return policy_.required_type_ = std::move(typ), *this;
}
JwtPolicy::Builder& JwtPolicy::Builder::max_age(Duration age) { return policy_.max_age_ = age, *this; }
JwtPolicy::Builder& JwtPolicy::Builder::require_claim(std::string name) {
  return add_once(policy_.required_claims_, std::move(name)), *this;
}
JwtPolicy::Builder& JwtPolicy::Builder::accept_id_tokens() { return policy_.accepts_id_tokens_ = true, *this; }

Result<JwtPolicy> JwtPolicy::Builder::build() const {
  const JwtPolicy& p = policy_;
  std::vector<std::string_view> faults;
  if (p.issuer_.empty() && !p.accepts_any_issuer_) faults.emplace_back("the issuer is empty");
  if (p.audiences_.empty() && !any_audience_) {
    faults.emplace_back("no audience is set, and any audience is not accepted either");
  }
  if (!p.audiences_.empty() && any_audience_) {
    faults.emplace_back("audiences are set although any audience is accepted");
  }
  if (contains(p.audiences_, "")) faults.emplace_back("an audience is empty");
  if (p.algorithms_.empty()) faults.emplace_back("no algorithm is allowed");
  const auto symmetric =
      std::count_if(p.algorithms_.begin(), p.algorithms_.end(), [](JwsAlgorithm a) { return is_symmetric(a); });
  // Threat: one list for both kinds is what lets a public key be used as a secret (RFC 8725 section 2.1).
  if (symmetric != 0 && static_cast<std::size_t>(symmetric) != p.algorithms_.size()) {
    faults.emplace_back("HS algorithms are mixed with public-key algorithms");
  }
  if (p.leeway_ < Duration::zero() || p.leeway_ > kMaxLeeway) {
    faults.emplace_back("the leeway is not between 0 and 10 minutes");
  }
  if (p.max_age_ && *p.max_age_ <= Duration::zero()) faults.emplace_back("the maximum age is not positive");
  if (contains(p.required_claims_, "")) faults.emplace_back("a required claim has an empty name");
  if (!p.accepts_id_tokens_ && is_id_token_type(p.required_type_)) {
    faults.emplace_back("the required type is that of ID tokens, which are not accepted");
  }
  if (!faults.empty()) return error("{}", fmt::join(faults, "; "));
  return policy_;
}

}  // namespace quivive::jose
