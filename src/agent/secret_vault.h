#pragma once
// SecretVault: where the secrets of a profile are kept that do not lie in its file: the keyring of whoever is at the desk.

#include "base/result.h"
#include "base/secret.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace quivive::agent {

inline constexpr std::chrono::milliseconds kVaultPatience{10'000};

// What an item is found by; nothing of it is secret.
struct VaultItem {
  std::string folder;   // of the profiles: another one may have a profile of the same name
  std::string profile;  // its name
  std::string sign_in;  // each sign-in has an item of its own, so that the profile's file says in one step which one counts
};

struct VaultError {
  enum class Kind : std::uint8_t {
    Absent,   // there is no such vault here, or nothing in it that items go into
    Locked,   // it would have to ask for a password
    Missing,  // it holds no such item
    Failed,   // it did not answer in time, or refused
  };
  Kind kind = Kind::Failed;
  std::string message;  // one line: what is wrong and what to do; without a secret
};
[[noreturn]] void throw_exception_from_error(const VaultError& error, const boost::source_location&);

// Unlocks nothing: where a person would have to, it is Locked. A service may show a question of its own before it makes or removes an item; that
// is waited for as for any answer. Each call waits its `patience` at most, or kVaultPatience where it has none. Thread-safe.
class SecretVault {
 public:
  virtual ~SecretVault() = default;
  // Whether items can be stored now: Absent, Locked or Failed where they cannot.
  [[nodiscard]] virtual Result<void, VaultError> ready(std::chrono::milliseconds patience) = 0;
  // Waits `patience` at most. Missing only where nothing is locked that it could lie in.
  [[nodiscard]] virtual Result<Secret, VaultError> load(const VaultItem& item, std::chrono::milliseconds patience) = 0;
  // Makes the item, or replaces its text in one step, wherever it lies. Kept for good when this returns. Of one that Failed, nobody knows.
  [[nodiscard]] virtual Result<void, VaultError> store(const VaultItem& item, const Secret& text, std::chrono::milliseconds patience) = 0;
  // Removes the items of that profile but the one of that sign-in; with "" all of them. There may be none.
  [[nodiscard]] virtual Result<void, VaultError> erase_others(const VaultItem& but) = 0;
};

}  // namespace quivive::agent
