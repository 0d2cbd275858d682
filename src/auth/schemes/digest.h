#pragma once
// Digest (RFC 7616): a password that is proved without being sent, for one method and URI, once. An unknown, a disabled and a known
// user cost the same and are told the same; only the operator's detail differs.

#include "auth/find_credentials.h"
#include "auth/schemes/outcome.h"
#include "digest/credentials.h"
#include "digest/response.h"

#include <memory>
#include <string>
#include <string_view>

namespace quivive::auth {

// What a right response showed of a user: may be remembered, for one realm and hash, as long as the store does not change.
class DigestUser {
 public:
  class Voucher {
    Voucher() = default;
    friend class DigestCheck;
  };
  DigestUser(Voucher, Secret secret, std::shared_ptr<const Principal> principal)
      : secret_(std::move(secret)), principal_(std::move(principal)) {}
  [[nodiscard]] const std::shared_ptr<const Principal>& principal() const { return principal_; }

 private:
  friend class DigestCheck;
  Secret secret_;
  std::shared_ptr<const Principal> principal_;
};

class DigestCheck {
 public:
  // Borrows the request's bytes until the verdict. Needs: NeedBodyHash for auth-int; NeedDigestUser; NeedNonceCount where the response is right.
  explicit DigestCheck(const FoundCredentials& found) : value_(found.credential->value), method_(found.method), target_(found.target) {}
  [[nodiscard]] Finding start(const CheckContext& context);
  [[nodiscard]] Finding resume(const CheckContext& context, Answer answer);

  // Who was proved; null before.
  [[nodiscard]] const std::shared_ptr<const DigestUser>& user() const { return user_; }
  // After success, the value of Authentication-Info: that we know the password too, and in good time the next nonce (section 3.5).
  [[nodiscard]] std::string authentication_info(const CheckContext& context) const;

 private:
  [[nodiscard]] Result<digest::Nonce, std::string_view> valid_nonce(const CheckContext& context) const;
  [[nodiscard]] Verdict stale(std::string_view why) const;
  [[nodiscard]] Finding look_up();
  [[nodiscard]] Finding judge(const CheckContext& context, FoundDigestUser answer);
  [[nodiscard]] Finding conclude(digest::NonceClaim claim) const;
  [[nodiscard]] digest::ResponseInput input() const;
  [[nodiscard]] digest::Proofs proofs(const CheckContext& context, std::string_view secret) const;
  [[nodiscard]] std::string who() const;  // once the user was looked up

  std::string_view value_, method_, target_;
  std::unique_ptr<digest::DigestCredentials> sent_;
  Instant issued_{};  // of the nonce
  enum class Asked : std::uint8_t { Body, User, Count };
  Asked asked_ = Asked::User;
  digest::HexDigest body_hash_;
  digest::HexDigest rspauth_;  // after a right response
  bool is_user_ = false;       // the name, or its hash, is one of ours
  std::shared_ptr<const DigestUser> user_;
};

}  // namespace quivive::auth
