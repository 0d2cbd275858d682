#pragma once
// From --config, or the usual places, to a Config; and the operator's view of what is wrong with one.

#include "cli/command.h"
#include "config/load.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::cli {

// `named` if it is not "", else ./quivive.yaml, else /etc/quivive/quivive.yaml; "" if there is none.
[[nodiscard]] std::string find_config(const std::string& named);

struct LoadedConfig {
  std::optional<config::Config> config;  // absent if an error was found
  std::vector<config::Diagnostic> diagnostics;
  std::string unreadable;  // why the file could not be read at all; "" if it could
};
[[nodiscard]] LoadedConfig load_config_file(const std::string& file);

// What commands say of a configuration that has errors: all of them, after a line of their own.
[[nodiscard]] Failure wrong_config(const LoadedConfig& loaded, const std::string& file);

// Where the admin listener of a gateway with this configuration is, as HOST:PORT, whatever else may be wrong with it: `given` (--admin) if it is
// not "", which may be the URL that serve prints; the default address where there is no configuration. A Failure where the configuration
// cannot tell: to ask another gateway instead would mislead.
[[nodiscard]] Result<std::string, Failure> admin_address(const std::string& given, const std::string& config_file);

// Every error and warning, a line each, and how many errors there are.
void print_diagnostics(const LoadedConfig& loaded, const std::string& file, Io& io);
[[nodiscard]] std::size_t count_errors(const LoadedConfig& loaded);

}  // namespace quivive::cli
