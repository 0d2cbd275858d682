#pragma once
// Whether a revocation names an issuer whose tokens somebody looks at: a slash too many, and it would be stored and refuse nothing.

#include "cli/command.h"
#include "config/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::cli {

// Whose tokens the gateway of this configuration takes, its own among them.
[[nodiscard]] std::vector<std::string> issuers_of(const config::Config& config);

// A Failure where a configuration was read and `issuer` is none of `known`.
[[nodiscard]] Result<void, Failure> check_issuer(const config::Config& config, std::string_view issuer, const std::vector<std::string>& known);

// Where none was read: that nobody looked.
void tell_unchecked(const Command& self, std::string_view issuer, Io& io);

}  // namespace quivive::cli
