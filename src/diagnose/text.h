#pragma once
// Small text tools that the readers and rules share, beside those of base/text.h.

#include "base/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace quivive::diagnose {

inline constexpr std::size_t kNone = std::string_view::npos;  // what a search returns that finds nothing

[[nodiscard]] constexpr bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
// Of the name of a variable: letters, digits and '_', no digit in front.
[[nodiscard]] constexpr bool is_name_start(char c) { return is_letter(c) || c == '_'; }
[[nodiscard]] constexpr bool is_name_char(char c) { return is_name_start(c) || http::is_digit(c); }

// Compared without case.
[[nodiscard]] constexpr bool is_one_of(std::string_view word, std::span<const std::string_view> all) {
  return std::any_of(all.begin(), all.end(), [&](std::string_view one) { return iequals(one, word); });
}

[[nodiscard]] constexpr bool contains_any(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace quivive::diagnose
