#pragma once
// Which routes can never be reached, because an earlier one takes every request they would match.

#include "config/config.h"

#include <string_view>

namespace quivive::config {

// Whether every path that `later` matches is matched by `earlier`. Errs towards false: two wildcards are not compared.
[[nodiscard]] bool covers_path(std::string_view earlier, std::string_view later);
// The same for host, methods and path.
[[nodiscard]] bool covers(const Route& earlier, const Route& later);

}  // namespace quivive::config
