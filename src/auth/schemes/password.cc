#include "auth/schemes/password.h"

#include "base/text.h"

namespace quivive::auth {

const Secret& decoy_for(const std::vector<crypto::DummyHash>& decoys, std::uint64_t seed, std::string_view user) {
  // FNV-1a from a secret start, its octets mixed once more: names that differ in the last letter alone are told apart, too.
  std::uint64_t hash = 0xcbf29ce484222325U ^ seed;
  for (const char c : user) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdU;
  std::uint64_t all = 0;
  for (const auto& decoy : decoys) all += decoy.users;
  // A place on the line from 0 to all, not a remainder: a name must keep its decoy when a user comes or goes, or its changing cost would
  // tell that it is unknown.
  std::uint64_t place = (hash >> 32) * all >> 32;
  for (const auto& decoy : decoys) {
    if (place < decoy.users) return decoy.hash;
    place -= decoy.users;
  }
  return decoys.back().hash;
}

Finding PasswordCheck::start(const CheckContext&) { return Need{NeedUser{user_}}; }

Finding PasswordCheck::resume(const CheckContext& context, Answer answer) {
  if (auto* outage = std::get_if<Unavailable>(&answer)) return unavailable(scheme_, std::move(*outage));
  if (auto* user = std::get_if<FoundUser>(&answer); user != nullptr && !asked_password_)
    return ask_password(context, std::move(*user));
  if (const auto* outcome = std::get_if<PasswordOutcome>(&answer); outcome != nullptr && asked_password_)
    return conclude(context, *outcome);
  return wrong_answer(scheme_);
}

Finding PasswordCheck::ask_password(const CheckContext& context, FoundUser answer) {
  asked_password_ = true;
  const auto& decoys = context.snapshot->decoys;
  // For known users too. Threat: the difference would tell which they are.
  if (decoys == nullptr) return unavailable(scheme_, {"the users have not been read yet", Duration{0}});
  // Byte for byte: a store that folds case must not make two names one.
  if (answer.user && answer.user->name == user_) record_ = std::move(answer.user);
  // The same work for a name that is not there (CVE-2026-41263); for a disabled user the work of their own hash.
  const Secret& hash = record_ ? record_->password_hash : decoy_for(*decoys, context.policy.settings().basic.decoy_seed, user_);
  return Need{NeedPassword{hash, std::move(password_)}};
}

Finding PasswordCheck::conclude(const CheckContext& context, PasswordOutcome outcome) {
  const auto refused = [&](Reason reason, std::string_view why) {
    const std::string who = record_ ? fmt::format("user {}", printable(user_, 64)) : no_user_of(user_);
    return refuse(scheme_, CheckList::Password, reason, why.empty() ? who : fmt::format("{}: {}", who, why));
  };
  if (outcome == PasswordOutcome::Overloaded)
    return refused(Reason::VerifierOverloaded, "too many passwords are being checked");
  if (!record_) return refused(Reason::PasswordWrong, {});  // even if the decoy's hash says otherwise
  if (record_->disabled) {
    return refused(Reason::PasswordWrong,
                   outcome == PasswordOutcome::Match ? "disabled; the password is right" : "disabled");
  }
  if (outcome == PasswordOutcome::Unusable)
    return refused(Reason::VerifierMisconfigured, "the stored hash cannot be used");
  if (outcome != PasswordOutcome::Match) return refused(Reason::PasswordWrong, "wrong password");
  const std::vector<std::string_view> roles(record_->roles.begin(), record_->roles.end());
  const IdentityView identity{.scheme = scheme_, .subject = record_->name, .roles = roles};
  Basis basis;
  basis.store_epoch = context.snapshot->store_epoch;
  return std::make_shared<const Principal>(Principal::Voucher{}, identity, std::move(basis));
}

}  // namespace quivive::auth
