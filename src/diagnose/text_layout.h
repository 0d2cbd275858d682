#pragma once
// Words in lines, for a terminal of some width. Columns are counted as code points, near enough.

#include <cstddef>
#include <string>
#include <string_view>

namespace quivive::diagnose {

[[nodiscard]] std::size_t columns(std::string_view text);

// `text` in lines of at most `width` columns, broken at spaces; lines after the first begin with `indent` spaces. The first
// line is taken to begin at column `indent` already. A word longer than a line stands alone. Line feeds in `text` are kept.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t indent, std::size_t width);

// What printable() made, with backslashes as they are: a command is pasted, and a pattern is read, as it stands.
[[nodiscard]] std::string with_backslashes(std::string printed);

// Fit for a terminal: line feeds stay, everything else that could move a cursor becomes \xNN.
[[nodiscard]] std::string harmless(std::string_view text);

}  // namespace quivive::diagnose
