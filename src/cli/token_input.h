#pragma once
// A token as people hand it over: an argument or standard input, perhaps with its scheme, quotes or a line break around it.

#include "cli/command.h"

#include <string>

namespace quivive::cli {

// The token alone. `argument` is the token, or "-" for standard input.
[[nodiscard]] Result<std::string, Failure> read_token_input(const std::string& argument, std::istream& in);

}  // namespace quivive::cli
