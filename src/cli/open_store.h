#pragma once
// From --store and --config to an open store.

#include "cli/options.h"
#include "config/config.h"
#include "store/ports.h"

#include <memory>
#include <optional>

namespace quivive::cli {

// The configuration that the choice leads to: --config, else ./quivive.yaml or /etc/quivive/quivive.yaml, whichever is there
// first. None where there is no such file, or where --store says all.
[[nodiscard]] Result<std::optional<config::Config>, Failure> config_of(const StoreChoice& choice);

// --store if given ("sqlite:PATH"), else the `store` of config_of(), else sqlite:quivive.db. `memory` is refused: it lives inside the gateway's process.
[[nodiscard]] Result<std::string, Failure> store_path(const StoreChoice& choice, const std::optional<config::Config>& config);

// The store there, which has to be there.
[[nodiscard]] Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice);
// The same for who has asked config_of() already.
[[nodiscard]] Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice, const std::optional<config::Config>& config);

// The same where it may have to be made, which is said: in a folder that nobody meant, no gateway would look into it.
[[nodiscard]] Result<std::unique_ptr<store::Store>, Failure> open_or_create_store(const Command& self, const StoreChoice& choice, Io& io);
[[nodiscard]] Result<std::unique_ptr<store::Store>, Failure> open_or_create_store(const Command& self, const StoreChoice& choice,
                                                                                  const std::optional<config::Config>& config, Io& io);

// Where a path leads, whatever folder this is.
[[nodiscard]] std::string whole_path(const std::string& path);

// A store that opened, and then failed.
[[nodiscard]] inline Failure store_failure(const Error& error) { return {kFailed, error.message}; }

}  // namespace quivive::cli
