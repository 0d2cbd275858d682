#pragma once
// How wide standard output is, and whether it takes colours.

#include "diagnose/render_text.h"

#include <ostream>

namespace quivive::cli {

// Colours only on a terminal and without NO_COLOR; the terminal's width, or COLUMNS, or 100. A stream that is not standard
// output gets the defaults.
[[nodiscard]] diagnose::TextStyle style_of(const std::ostream& out);
// Whether `in` is standard input and a terminal: somebody would have to type.
[[nodiscard]] bool is_typed(const std::istream& in);

// Whether `out` is standard output or standard error, and a terminal: somebody sees it.
[[nodiscard]] bool is_shown(const std::ostream& out);

// Whether both are shown on one terminal, so that what goes to one stands behind what went to the other.
[[nodiscard]] bool share_a_screen(const std::ostream& out, const std::ostream& err);

}  // namespace quivive::cli
