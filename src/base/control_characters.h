#pragma once
// Control characters of ASCII (RFC 5234 appendix B.1): no name, password or realm of ours has one, since it would stand in header
// fields and log lines.

#include <algorithm>
#include <string_view>

namespace quivive {

[[nodiscard]] constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
[[nodiscard]] constexpr bool has_control(std::string_view text) { return std::ranges::any_of(text, is_control); }

}  // namespace quivive
