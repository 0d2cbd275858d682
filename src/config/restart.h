#pragma once
// What a reload leaves as it is: the settings that the list marks Restart.

#include "config/config.h"

#include <string_view>
#include <vector>

namespace quivive::config {

// Gives every setting marked Restart in `next` the value that it has in `running`. Returns the paths of those that differed, in
// the order of the list.
[[nodiscard]] std::vector<std::string_view> keep_until_restart(const Config& running, Config& next);

}  // namespace quivive::config
