#include "agent/token_keeper.h"

#include "base/text.h"

#include <optional>

namespace quivive::agent {
namespace {

using Failing = client::RefreshFailure::Kind;

constexpr std::size_t kRoomForNewTokens = 16 * 1024;

class HeldProfile final : public TokenKeeper::Held {
 public:
  HeldProfile(const TokenFile& file, FileLock lock, Profile profile) : file_(file), lock_(std::move(lock)), profile_(std::move(profile)) {}
  [[nodiscard]] const client::Token& token() const override { return profile_.token; }
  [[nodiscard]] Result<void> prepare() override {
    auto room = file_.reserve(write_profile(profile_).reveal(RevealSecret{}).size() + kRoomForNewTokens);
    if (!room) return error("{}", room.error().message);
    room_.emplace(std::move(*room));
    return {};
  }
  [[nodiscard]] Result<void> save(const client::Token& token) override {
    profile_.token = token;
    const auto done = room_ ? file_.replace(profile_, std::move(*room_)) : file_.replace(profile_);
    room_.reset();
    if (!done) return error("{}", done.error().message);
    return {};
  }

 private:
  const TokenFile& file_;
  FileLock lock_;
  Profile profile_;
  std::optional<ReservedFile> room_;  // given back before the lock
};

}  // namespace

TokenKeeper::Holding ProfileKeeper::hold(std::chrono::milliseconds patience) {
  auto lock = file_.lock(patience);
  if (!lock) return client::RefreshFailure{Failing::TryLater, lock.error().message};
  auto profile = file_.read();  // under the lock
  if (!profile) {
    const bool gone = profile.error().kind == TokenFileError::Kind::Missing;
    return client::RefreshFailure{gone ? Failing::SignInAgain : Failing::TryLater, profile.error().message};
  }
  // Threat: tokens of another issuer, or for other servers, that go where the old ones went.
  if (identity_of(*profile) != identity_) {
    return client::RefreshFailure{Failing::SignInAgain, fmt::format("{}: the profile was changed meanwhile, and is another sign-in now",
                                                                    printable(file_.path(), 400))};
  }
  return std::unique_ptr<Held>(std::make_unique<HeldProfile>(file_, std::move(*lock), std::move(*profile)));
}

}  // namespace quivive::agent
