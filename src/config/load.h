#pragma once
// From YAML text to Config. No file is read here: the caller brings the text and the name to put in messages.

#include "config/config.h"
#include "config/diagnostic.h"

#include <optional>
#include <string_view>
#include <vector>

namespace quivive::config {

struct LoadResult {
  std::optional<Config> config;          // absent exactly where a diagnostic is an error
  std::vector<Diagnostic> diagnostics;   // every error and warning, in the order of the file
};

// Never throws on any text. `file_name` is used for Config::file and Config::base_dir.
[[nodiscard]] LoadResult load(std::string_view yaml, std::string_view file_name);

// What `admin` alone says, whatever else is wrong with the text: for asking a gateway while somebody edits its file. Nothing for
// `off`. An Error where the text cannot tell: it is no YAML, or `admin` is wrong, given twice or perhaps misspelt.
[[nodiscard]] Result<std::optional<ListenAddress>> admin_of(std::string_view yaml);

// What `serve --upstream URL [--listen ADDRESS] [--admin ADDRESS]` runs without a file: everything is protected, by API keys and
// the users of the store. An empty `listen` or `admin` means the default. The diagnostics name the settings `upstream`, `listen` and `admin`.
[[nodiscard]] LoadResult zero_config(std::string_view upstream_url, std::string_view listen = {}, std::string_view admin = {});

}  // namespace quivive::config
