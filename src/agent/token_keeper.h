#pragma once
// TokenKeeper: where tokens are kept beyond this process, so that several may share a sign-in.

#include "agent/profile_store.h"
#include "base/result.h"
#include "client/call.h"

#include <chrono>
#include <memory>
#include <variant>

namespace quivive::agent {

inline constexpr std::chrono::milliseconds kPatienceWithHolder{60'000};

class TokenKeeper {
 public:
  // While it lives, no other process changes what is kept.
  class Held {
   public:
    virtual ~Held() = default;
    // As it is kept now: another process may have renewed it.
    [[nodiscard]] virtual const client::Token& token() const = 0;
    // Makes sure that save() will find room. Before the old refresh token is spent: the new one cannot be had twice. Waits `patience` at most.
    [[nodiscard]] virtual Result<void> prepare(std::chrono::milliseconds patience) = 0;
    // Kept for good when this returns. Patient, whatever the time: what is not kept is lost.
    [[nodiscard]] virtual Result<void> save(const client::Token& token) = 0;
  };
  using Holding = std::variant<std::unique_ptr<Held>, client::RefreshFailure>;

  virtual ~TokenKeeper() = default;
  // Waits for whoever holds it, not longer than `patience`. SignInAgain: what is kept is gone. OtherSignIn: it is of another one.
  [[nodiscard]] virtual Holding hold(std::chrono::milliseconds patience) = 0;
};

// Where a profile is kept, and what it was for when it was read.
struct OpenedProfile {
  ProfileStore store;
  ProfileIdentity identity;
};

// Keeps them where the profile is kept, as long as that is of the same sign-in.
class ProfileKeeper final : public TokenKeeper {
 public:
  explicit ProfileKeeper(OpenedProfile opened) : store_(std::move(opened.store)), identity_(std::move(opened.identity)) {}
  [[nodiscard]] Holding hold(std::chrono::milliseconds patience) override;

 private:
  ProfileStore store_;
  ProfileIdentity identity_;
};

}  // namespace quivive::agent
