#pragma once
// How findings say things, the same everywhere: spans of time, instants, lists, shortened secrets.

#include "base/clock.h"

#include <span>
#include <string>
#include <string_view>

namespace quivive::diagnose {

// "3 h 12 min", "45 s", "2 days", "11 months": the two largest units that matter, never negative.
[[nodiscard]] std::string span_text(Duration duration);
// "2026-11-23 06:51:20 UTC"
[[nodiscard]] std::string instant_text(Instant instant);
// "a", "a and b", "a, b and c"; at most `most`, then "and 4 more".
[[nodiscard]] std::string list_text(std::span<const std::string> items, std::size_t most = 5);
// For showing in a sentence: printable, cut in the middle beyond `limit`, in single quotes.
[[nodiscard]] std::string quoted_text(std::string_view text, std::size_t limit = 60);

}  // namespace quivive::diagnose
