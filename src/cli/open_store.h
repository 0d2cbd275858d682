#pragma once
// From --store and --config to an open store.

#include "cli/options.h"
#include "store/ports.h"

#include <memory>

namespace quivive::cli {

enum class IfMissing : std::uint8_t { Create, Fail };

// --store if given ("sqlite:PATH"), else the `store` of --config, else that of ./quivive.yaml or /etc/quivive/quivive.yaml,
// whichever is there first, else sqlite:quivive.db. `memory` is refused: it lives inside the gateway's process.
[[nodiscard]] Result<std::unique_ptr<store::Store>, Failure> open_store(const StoreChoice& choice, IfMissing if_missing);

}  // namespace quivive::cli
