#pragma once
// SignIn: one try to prove a user name by what can be guessed, and what lock-out makes of it: whether it may be tried, and what it
// came to.

#include "auth/lockout.h"
#include "auth/verdict.h"
#include "gateway/worker.h"

#include <string>
#include <string_view>

namespace quivive::gateway {

class SignIn {
 public:
  // `client` is an address. Tries from loopback are neither counted nor refused.
  SignIn(const Services& services, std::string_view client);

  // Whose try it is, as sent.
  void name(std::string_view user) {
    guess_.user = user;
    account_ = user;
  }
  // As the store spells it, where a hash of the name was sent: for where the user has signed in from, and for nothing that shows.
  void account(std::string_view user) { account_ = user; }
  [[nodiscard]] const std::string& account() const { return account_; }
  // Whether the user has signed in from this place before.
  void familiar(bool is) { guess_.familiar = is; }

  // What there is to wait for before the secret may be looked at.
  [[nodiscard]] auth::Lockouts::Wait wait() const;
  // The same, and the try counts as a wrong one until settle().
  [[nodiscard]] auth::Lockouts::Wait begin();
  void settle(const auth::Verdict& verdict);

  [[nodiscard]] auth::Verdict refusal(auth::Scheme scheme, Duration wait) const;
  // Passwords from one network wait behind each other. "" for loopback.
  [[nodiscard]] const std::string& origin() const { return guess_.network; }
  [[nodiscard]] const auth::Guess& guess() const { return guess_; }
  // A number for the network, to be remembered by; 0 for loopback.
  [[nodiscard]] std::size_t place() const;

 private:
  [[nodiscard]] bool counts() const { return !guess_.network.empty(); }

  auth::Lockouts* lockouts_;
  const Clock* clock_;
  auth::Guess guess_;
  std::string account_;
  bool begun_ = false;
};

}  // namespace quivive::gateway
