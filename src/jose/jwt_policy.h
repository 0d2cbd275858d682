#pragma once
// JwtPolicy: what one issuer's tokens must satisfy. Silence is strict, leniency has a verb, contradictions do not build.

#include "base/clock.h"
#include "base/result.h"
#include "jose/algorithm.h"
#include "jose/jwk_set.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::jose {

class JwtPolicy {
 public:
  class Builder;

  [[nodiscard]] const std::string& issuer() const { return issuer_; }
  [[nodiscard]] bool accepts_any_issuer() const { return accepts_any_issuer_; }
  [[nodiscard]] std::span<const std::string> audiences() const { return audiences_; }  // empty: any is accepted
  [[nodiscard]] std::span<const JwsAlgorithm> algorithms() const { return algorithms_; }
  [[nodiscard]] bool allows(JwsAlgorithm algorithm) const;
  [[nodiscard]] Duration leeway() const { return leeway_; }
  [[nodiscard]] bool requires_expiration() const { return requires_expiration_; }
  [[nodiscard]] const std::string& required_type() const { return required_type_; }  // "" for any
  [[nodiscard]] std::optional<Duration> max_age() const { return max_age_; }
  [[nodiscard]] std::span<const std::string> required_claims() const { return required_claims_; }
  [[nodiscard]] bool accepts_id_tokens() const { return accepts_id_tokens_; }

  // Whether `keys` can serve this policy. An Error if no key fits an allowed algorithm, or if a secret would be used
  // under a policy for public keys, or is shorter than the output of every allowed hash (RFC 7518 section 3.2).
  [[nodiscard]] Result<void> check_keys(const KeySet& keys) const;

 private:
  JwtPolicy() = default;
  std::string issuer_;
  bool accepts_any_issuer_ = false;
  std::vector<std::string> audiences_;
  std::vector<JwsAlgorithm> algorithms_;
  Duration leeway_ = std::chrono::seconds{60};
  bool requires_expiration_ = true;
  std::string required_type_;
  std::optional<Duration> max_age_;
  std::vector<std::string> required_claims_;
  bool accepts_id_tokens_ = false;
};

class JwtPolicy::Builder {
 public:
  explicit Builder(std::string issuer);  // compared exactly with iss

  Builder& accept_any_issuer();                    // iss is not looked at; for examining a token, never for admission
  Builder& accept_audience(std::string audience);  // one of those given must be in aud
  Builder& accept_any_audience();                  // aud is not looked at
  Builder& allow_algorithm(JwsAlgorithm algorithm);
  Builder& leeway(Duration leeway);  // 60 s unless set; at most 10 min
  Builder& allow_missing_expiration();
  Builder& require_type(std::string typ);  // "at+jwt" for RFC 9068
  Builder& max_age(Duration age);          // since iat, which then has to be there
  Builder& require_claim(std::string name);
  Builder& accept_id_tokens();

  // Every fault in one Error: an empty issuer without accept_any_issuer; neither an audience nor accept_any_audience, or both; no algorithm;
  // HS together with others (a public key must never be taken for a secret); leeway or age out of range; a required type
  // of ID tokens without accept_id_tokens.
  [[nodiscard]] Result<JwtPolicy> build() const;

 private:
  JwtPolicy policy_;
  bool any_audience_ = false;
};

}  // namespace quivive::jose
