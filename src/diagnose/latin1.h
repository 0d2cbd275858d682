#pragma once
// ISO-8859-1, in which some clients still write what they hash or encode (RFC 7617 section 2.1 leaves it open).

#include <optional>
#include <string>
#include <string_view>

namespace quivive::diagnose {

// UTF-8 as ISO-8859-1; nothing where it has other characters.
[[nodiscard]] std::optional<std::string> to_latin1(std::string_view utf8);

}  // namespace quivive::diagnose
