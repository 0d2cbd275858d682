#pragma once
// From --store and --config to an open store.

#include "cli/options.h"
#include "config/config.h"
#include "store/ports.h"

#include <memory>
#include <optional>

namespace quivive::cli {

enum class IfMissing : std::uint8_t { Create, Fail };

// The configuration that the choice leads to: --config, else ./quivive.yaml or /etc/quivive/quivive.yaml, whichever is there
// first. None where there is no such file, or where --store says all.
[[nodiscard]] Result<std::optional<config::Config>, Failure> config_of(const StoreChoice& choice);

// --store if given ("sqlite:PATH"), else the `store` of config_of(), else sqlite:quivive.db. `memory` is refused: it lives inside the gateway's process.
[[nodiscard]] Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice, IfMissing if_missing);
// The same for who has asked config_of() already.
[[nodiscard]] Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice, const std::optional<config::Config>& config,
                                                                        IfMissing if_missing);

// A store that opened, and then failed.
[[nodiscard]] inline Failure store_failure(const Error& error) { return {kFailed, error.message}; }

}  // namespace quivive::cli
