#pragma once
// A user name and a password, however they came: by Basic, or from a login form. An unknown, a disabled and a known user cost the same
// and are told the same; only the operator's detail differs.

#include "auth/schemes/outcome.h"
#include "base/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::auth {

// The decoy that an unknown name is verified against. Of all names each decoy has the part that its users are of all, and a name keeps
// its decoy while the parts stay, more or less, as they are. Requires at least one decoy.
[[nodiscard]] const Secret& decoy_for(const std::vector<crypto::DummyHash>& decoys, std::uint64_t seed, std::string_view user);

class PasswordCheck {
 public:
  // Two needs: NeedUser, then NeedPassword, for unknown users too. `scheme` is the one that the principal and the trace name.
  PasswordCheck(Scheme scheme, std::string user, Secret password) : scheme_(scheme), user_(std::move(user)), password_(std::move(password)) {}
  [[nodiscard]] Finding start(const CheckContext& context);
  [[nodiscard]] Finding resume(const CheckContext& context, Answer answer);
  // The user as the store has them; nothing before the first answer, and for an unknown name.
  [[nodiscard]] const std::optional<store::UserRecord>& record() const { return record_; }

 private:
  [[nodiscard]] Finding ask_password(const CheckContext& context, FoundUser answer);
  [[nodiscard]] Finding conclude(const CheckContext& context, PasswordOutcome outcome);

  Scheme scheme_;
  std::string user_;
  Secret password_;
  bool asked_password_ = false;
  std::optional<store::UserRecord> record_;
};

}  // namespace quivive::auth
