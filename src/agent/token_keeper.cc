#include "agent/token_keeper.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::agent {
namespace {

using Failing = client::RefreshFailure::Kind;

class HeldProfile final : public TokenKeeper::Held {
 public:
  HeldProfile(const ProfileStore& store, FileLock lock, Profile profile)
      : store_(store), lock_(std::move(lock)), profile_(std::move(profile)) {}
  [[nodiscard]] const client::Token& token() const override { return profile_.token; }
  [[nodiscard]] Result<void> prepare(std::chrono::milliseconds patience) override {
    auto room = store_.reserve(profile_, patience);
    if (!room) return error("{}", room.error().message);
    if (*room) room_.emplace(std::move(**room));
    return {};
  }
  [[nodiscard]] Result<void> save(const client::Token& token) override {
    profile_.token = token;
    const auto done = store_.renew(profile_, std::move(room_));
    room_.reset();
    if (!done) return error("{}", done.error().message);
    return {};
  }

 private:
  const ProfileStore& store_;
  FileLock lock_;
  Profile profile_;
  ProfileStore::Room room_;  // given back before the lock
};

}  // namespace

TokenKeeper::Holding ProfileKeeper::hold(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  auto lock = store_.lock(patience);
  if (!lock) return client::RefreshFailure{Failing::TryLater, lock.error().message};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  auto profile = store_.read(std::clamp(left, std::chrono::milliseconds{1}, kVaultPatience));  // under the lock
  if (!profile) {
    using Kind = TokenFileError::Kind;
    const bool gone = profile.error().kind == Kind::Missing || profile.error().kind == Kind::NoSecrets;
    return client::RefreshFailure{gone ? Failing::SignInAgain : Failing::TryLater, profile.error().message};
  }
  // Threat: tokens of another issuer, or for other servers, that go where the old ones went.
  if (identity_of(*profile) != identity_) {
    return client::RefreshFailure{Failing::OtherSignIn, fmt::format("{}: the profile was changed meanwhile, and is another sign-in now",
                                                                    printable(store_.path(), 400))};
  }
  return std::unique_ptr<Held>(std::make_unique<HeldProfile>(store_, std::move(*lock), std::move(*profile)));
}

}  // namespace quivive::agent
