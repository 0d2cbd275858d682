#pragma once
// Bearer tokens that are JWTs (RFC 6750, RFC 7519, RFC 8725). No key is fetched and no claim believed before it must be:
// cheap refusals, then the key, then the signature, then the claims, then revocation.

#include "auth/schemes/outcome.h"
#include "jose/raw_jwt.h"
#include "jose/verified_jwt.h"

#include <optional>
#include <string_view>

namespace quivive::auth {

class BearerCheck {
 public:
  // `token` is borrowed until start() returns. At most one need: NeedKeys.
  explicit BearerCheck(std::string_view token) : token_(token) {}
  [[nodiscard]] Finding start(const CheckContext& context);
  [[nodiscard]] Finding resume(const CheckContext& context, Answer answer);

 private:
  [[nodiscard]] Finding judge(const CheckContext& context);
  [[nodiscard]] Finding ask(NeedKeys::Why why);
  [[nodiscard]] Finding refuse_or_ask(NeedKeys::Why why, Verdict verdict);
  [[nodiscard]] Finding accept(const CheckContext& context, const jose::VerifiedJwt& token, const std::string& kid);

  std::string_view token_;
  std::optional<jose::RawJwt> raw_;
  std::shared_ptr<const IssuerPolicy> issuer_;
  std::shared_ptr<const jose::KeySet> keys_;
  std::optional<NeedKeys::Why> asked_;
  Verdict refused_;  // what it comes to if fresh keys do not help
};

}  // namespace quivive::auth
