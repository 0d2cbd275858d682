#pragma once
// ProfileStore: a profile wherever it is kept: whole in its file, or with its secrets in a vault. The file is the index and has the lock either
// way, and says in one step which sign-in counts.

#include "agent/secret_vault.h"
#include "agent/token_file.h"
#include "base/random.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace quivive::agent {

class ProfileStore {
 public:
  enum class WithoutVault : std::uint8_t { Fail, OrFile };
  struct Replaced {
    Keeping kept_in = Keeping::File;
    std::string why_file;     // where the vault was wanted, but did not take it; "" otherwise
    std::string left_behind;  // "", or that an item was left in the vault, and why
  };
  struct Removed {
    bool was_there = false;
    std::string left_behind;  // as above
  };
  // Room for new tokens, taken before they are there. Given back at the end of this object.
  using Room = std::optional<ReservedFile>;

  // `name` is a profile name; `vault` outlives this object. Nothing is opened yet.
  ProfileStore(std::string folder, std::string name, SecretVault& vault)
      : file_(folder, name), folder_(std::move(folder)), name_(std::move(name)), vault_(&vault) {}
  [[nodiscard]] const std::string& path() const { return file_.path(); }

  // NoSecrets: the vault has no item of it any more. Shut: the vault cannot be asked now. Waits `patience` at most.
  [[nodiscard]] Result<Profile, TokenFileError> read(std::chrono::milliseconds patience = kVaultPatience) const;
  // What the file says; without secrets where those are kept in the vault.
  [[nodiscard]] Result<Profile, TokenFileError> read_file() const { return file_.read(); }
  // As TokenFile::lock. What follows is for whoever has it.
  [[nodiscard]] Result<FileLock, TokenFileError> lock(std::chrono::milliseconds patience = std::chrono::seconds{60}) const {
    return file_.lock(patience);
  }
  // For whoever is about to ask a person to sign in, when nobody else is waiting for one. The other lock is free meanwhile.
  [[nodiscard]] Result<FileLock, TokenFileError> turn_to_sign_in(std::chrono::milliseconds patience) const {
    return file_.lock(patience, TokenFile::Lock::SignIn);
  }

  // Puts a new sign-in in the place of what is kept, if anything, where its kept_in says, or with OrFile in the file where the vault does not take
  // it. Until this succeeds, what was kept stays.
  [[nodiscard]] Result<Replaced, TokenFileError> replace(Profile profile, RandomSource& random,
                                                         WithoutVault then = WithoutVault::Fail) const;
  // Makes sure that renew() will find room, and the vault open. Waits `patience` at most for the latter.
  [[nodiscard]] Result<Room, TokenFileError> reserve(const Profile& profile, std::chrono::milliseconds patience = kVaultPatience) const;
  // Keeps the token of a profile that was read. For good when this returns.
  [[nodiscard]] Result<void, TokenFileError> renew(const Profile& profile, Room room) const;
  // Nothing is removed where the vault has the tokens and does not let go of its item. Of a file that cannot be read, the vault is asked too.
  [[nodiscard]] Result<Removed, TokenFileError> remove() const;
  // Removes the file, whatever the vault has. False where there was none.
  [[nodiscard]] Result<bool, TokenFileError> forget() const { return file_.remove(); }

 private:
  [[nodiscard]] VaultItem item(std::string sign_in) const { return {folder_, name_, std::move(sign_in)}; }
  [[nodiscard]] TokenFileError failed(const VaultError& error) const;

  TokenFile file_;
  std::string folder_, name_;
  SecretVault* vault_;
};

}  // namespace quivive::agent
