#pragma once
// A body that was written down with its chunked framing.

#include <optional>
#include <string>
#include <string_view>

namespace quivive::diagnose::readers {

// Without chunk sizes (RFC 9112 section 7.1), where the whole text, or all of it up to a cut, is chunks; else nothing. Lines may
// end in LF alone.
[[nodiscard]] std::optional<std::string> dechunked(std::string_view body);

}  // namespace quivive::diagnose::readers
