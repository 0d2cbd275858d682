#pragma once
// A vault in memory, with what breaks it.

#include "agent/secret_vault.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace quivive::agent {

class MemoryVault final : public SecretVault {
 public:
  using Key = std::tuple<std::string, std::string, std::string>;  // folder, profile, sign-in
  std::map<Key, std::string> items;
  std::vector<std::string> events;                // "load", "store", "erase"
  std::optional<VaultError> shut;                 // what every call ends with
  std::optional<VaultError> takes_nothing;        // what store() ends with
  std::function<void(MemoryVault&)> before_load;  // once
  std::function<void()> before_store;             // once

  [[nodiscard]] Result<void, VaultError> ready(std::chrono::milliseconds) override {
    if (shut) return *shut;
    return {};
  }
  [[nodiscard]] Result<Secret, VaultError> load(const VaultItem& item, std::chrono::milliseconds patience) override {
    events.emplace_back("load");
    patiences.push_back(patience);
    if (auto hook = std::exchange(before_load, nullptr)) hook(*this);
    if (shut) return *shut;
    const auto found = items.find({item.folder, item.profile, item.sign_in});
    if (found == items.end()) return VaultError{VaultError::Kind::Missing, "the keyring holds no tokens any more"};
    return Secret(found->second);
  }
  [[nodiscard]] Result<void, VaultError> store(const VaultItem& item, const Secret& text, std::chrono::milliseconds patience) override {
    events.emplace_back("store");
    store_patiences.push_back(patience);
    if (auto hook = std::exchange(before_store, nullptr)) hook();
    if (shut) return *shut;
    if (takes_nothing) return *takes_nothing;
    items[{item.folder, item.profile, item.sign_in}] = std::string(text.reveal(RevealSecret{}));
    return {};
  }
  [[nodiscard]] Result<void, VaultError> erase_others(const VaultItem& but) override {
    events.emplace_back("erase");
    if (shut) return *shut;
    std::erase_if(items, [&](const auto& one) {
      const auto& [folder, profile, sign_in] = one.first;
      return folder == but.folder && profile == but.profile && (but.sign_in.empty() || sign_in != but.sign_in);
    });
    return {};
  }

  std::vector<std::chrono::milliseconds> patiences;        // that load() was given
  std::vector<std::chrono::milliseconds> store_patiences;  // and store()
};

}  // namespace quivive::agent
