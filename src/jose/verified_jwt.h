#pragma once
// VerifiedJwt: a token whose signature and claims satisfied a policy. Only verify() makes one.

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "jose/raw_jwt.h"

#include <optional>
#include <string_view>
#include <vector>

namespace quivive::crypto {
class SignatureVerifier;
}

namespace quivive::jose {

class Jwk;
class JwtPolicy;

// The claim of that name or, where no claim has it, of that path through objects ("realm_access.roles"); or nullptr.
[[nodiscard]] const Json* find_claim(const JsonObject& claims, std::string_view name);

// Immutable; copies share the contents. Views are valid while any copy lives.
class VerifiedJwt {
 public:
  [[nodiscard]] const JsonObject& claims() const { return raw_.unverified_claims(); }
  [[nodiscard]] const RawJwt& raw() const { return raw_; }

  [[nodiscard]] std::string_view issuer() const { return raw_.unverified_issuer(); }
  [[nodiscard]] std::optional<std::string_view> subject() const { return string_member(claims(), "sub"); }
  [[nodiscard]] std::optional<std::string_view> id() const { return string_member(claims(), "jti"); }
  [[nodiscard]] std::vector<std::string_view> audiences() const;
  // Absent only where the policy allows it. Far-off values are cut to about ±30 million years.
  [[nodiscard]] std::optional<Instant> expires() const { return expires_; }
  [[nodiscard]] std::optional<Instant> not_before() const { return not_before_; }
  [[nodiscard]] std::optional<Instant> issued_at() const { return issued_at_; }

  // `scope`, else `scp`: a string of words separated by spaces (RFC 8693 section 4.2) or an array of such, in the token's
  // order.
  [[nodiscard]] std::vector<std::string_view> scopes() const;
  // Roles, groups and the like: the strings of a claim that is a string (one value) or an array; what is not a string
  // is left out. A name that is no claim is tried as a path through objects: "realm_access.roles".
  [[nodiscard]] std::vector<std::string_view> strings(std::string_view name) const;
  // The same, appended to what the caller has.
  void append_scopes(std::vector<std::string_view>& out) const;
  void append_strings(std::string_view name, std::vector<std::string_view>& out) const;
  // The claim of that name or path, or nullptr.
  [[nodiscard]] const Json* claim(std::string_view name) const;

 private:
  friend Result<VerifiedJwt, JwtRejection> verify(const RawJwt&, const Jwk&, const JwtPolicy&, Instant,
                                                  crypto::SignatureVerifier&);
  explicit VerifiedJwt(RawJwt raw) : raw_(std::move(raw)) {}
  RawJwt raw_;
  std::optional<Instant> expires_, not_before_, issued_at_;
};

}  // namespace quivive::jose
