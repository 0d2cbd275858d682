#include "agent/profile_store.h"

#include "base/base64.h"
#include "base/text.h"

namespace quivive::agent {
namespace {

constexpr std::size_t kRoomForNewTokens = 16 * 1024;
constexpr std::size_t kSignInBytes = 12;

std::string still_in_vault(const VaultError& error) { return "an item with tokens may still be in the Secret Service: " + error.message; }

}  // namespace

TokenFileError ProfileStore::failed(const VaultError& error) const {
  const bool gone = error.kind == VaultError::Kind::Missing;
  return {gone ? TokenFileError::Kind::NoSecrets : TokenFileError::Kind::Shut,
          gone ? error.message : fmt::format("the profile '{}' is kept in the Secret Service: {}", name_, error.message)};
}

Result<Profile, TokenFileError> ProfileStore::read(std::chrono::milliseconds patience) const {
  auto profile = file_.read();
  for (;;) {
    if (!profile || profile->kept_in == Keeping::File) return profile;
    const auto secrets = vault_->load(item(profile->sign_in), patience);
    if (!secrets && secrets.error().kind == VaultError::Kind::Missing) {
      // Who reads without the lock may come between: another sign-in has another item, and the old one's is erased.
      auto again = file_.read();
      if (again && again->sign_in == profile->sign_in) return failed(secrets.error());
      profile = std::move(again);
      continue;
    }
    if (!secrets) return failed(secrets.error());
    if (const auto taken = read_secrets(secrets->reveal(RevealSecret{}), *profile); !taken) {
      return TokenFileError{
          TokenFileError::Kind::Broken,
          fmt::format("the item of the profile '{}' in the Secret Service is none of ours: {}", name_, taken.error().message)};
    }
    return profile;
  }
}

Result<ProfileStore::Replaced, TokenFileError> ProfileStore::replace(Profile profile, RandomSource& random, WithoutVault then) const {
  const auto before = file_.read();
  const bool vault_before = before && before->kept_in == Keeping::SecretService;
  const bool known = before || before.error().kind == TokenFileError::Kind::Missing;
  bool maybe_items = known ? vault_before || (before && before->left_in_vault) : true;
  Replaced out{profile.kept_in, "", ""};
  std::optional<VaultError> refused;
  profile.sign_in.clear();
  profile.left_in_vault = false;
  if (out.kept_in == Keeping::SecretService) {
    profile.sign_in = base64url_encode(random.bytes(kSignInBytes));
    if (const auto stored = vault_->store(item(profile.sign_in), write_secrets(profile), kVaultPatience); !stored) {
      if (then == WithoutVault::Fail) return failed(stored.error());
      refused = stored.error();
      out.why_file = refused->message;
      maybe_items = maybe_items || refused->kind == VaultError::Kind::Failed;  // it may have been made all the same
      profile.kept_in = out.kept_in = Keeping::File;
      profile.sign_in.clear();
    }
  }
  const bool vault_now = out.kept_in == Keeping::SecretService;
  profile.left_in_vault = !vault_now && maybe_items;  // until they are known to be gone
  if (auto replaced = file_.replace(profile); !replaced) {
    // Of a file that cannot be read, nobody knows which item counts.
    if (vault_now && known) (void)vault_->erase_others(item(vault_before ? before->sign_in : ""));
    return replaced.error();
  }
  if (!vault_now && !maybe_items) return out;
  // Whatever else there is under this name: that of a process that ended half-way too. Who has just refused is not asked again.
  const Result<void, VaultError> erased = refused ? Result<void, VaultError>(*refused) : vault_->erase_others(item(profile.sign_in));
  if (!erased) {
    out.left_behind = still_in_vault(erased.error());
  } else if (profile.left_in_vault) {
    profile.left_in_vault = false;
    (void)file_.replace(profile);  // where it fails, there is one search too many the next time
  }
  return out;
}

Result<ProfileStore::Room, TokenFileError> ProfileStore::reserve(const Profile& profile, std::chrono::milliseconds patience) const {
  if (profile.kept_in == Keeping::SecretService) {
    // Nothing short of a write shows that the keyring takes one.
    if (const auto stored = vault_->store(item(profile.sign_in), write_secrets(profile), patience); !stored) return failed(stored.error());
    return Room();
  }
  auto room = file_.reserve(write_profile(profile).size() + kRoomForNewTokens);
  if (!room) return room.error();
  return Room(std::move(*room));
}

Result<void, TokenFileError> ProfileStore::renew(const Profile& profile, Room room) const {
  if (profile.kept_in == Keeping::File) return room ? file_.replace(profile, std::move(*room)) : file_.replace(profile);
  if (const auto stored = vault_->store(item(profile.sign_in), write_secrets(profile), kVaultPatience); !stored)
    return failed(stored.error());
  return {};
}

Result<ProfileStore::Removed, TokenFileError> ProfileStore::remove() const {
  const auto profile = file_.read();
  const bool in_vault = profile && profile->kept_in == Keeping::SecretService;
  const bool maybe_items = profile ? in_vault || profile->left_in_vault : profile.error().kind != TokenFileError::Kind::Missing;
  Removed out;
  if (maybe_items) {
    if (const auto erased = vault_->erase_others(item("")); !erased) {
      if (in_vault) return failed(erased.error());
      out.left_behind = still_in_vault(erased.error());
    }
  }
  const auto removed = file_.remove();
  if (!removed) return removed.error();
  out.was_there = *removed;
  return out;
}

}  // namespace quivive::agent
