#pragma once
// The text that browsers' developer tools give when their Headers panel is copied.

#include "diagnose/capture.h"

#include <optional>
#include <string_view>

namespace quivive::diagnose::readers {

// Whether such a panel begins in `text`: `Request URL: …`, or `Request URL` with the value in the next line.
[[nodiscard]] bool is_devtools(std::string_view text);
// One exchange, where `text` is such a panel.
[[nodiscard]] std::optional<Capture> read_devtools(std::string_view text);

}  // namespace quivive::diagnose::readers
