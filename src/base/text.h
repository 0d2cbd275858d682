#pragma once
// Small text tools that every layer needs. ASCII rules: HTTP's case-insensitivity is not the locale's.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive {

[[nodiscard]] constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

[[nodiscard]] inline std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = ascii_lower(c);
  return out;
}

// Without leading and trailing SP and HTAB: OWS of RFC 9110 section 5.6.3.
[[nodiscard]] constexpr std::string_view trim_ows(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

// The candidate that `word` was most likely meant to be, or nothing when none is near (Damerau-Levenshtein distance,
// at most a third of the length). Case and the difference between '-' and '_' cost nothing.
[[nodiscard]] std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

// Fit for one line of a log or a terminal: control characters, DEL, backslash and bytes that are not UTF-8 become \xNN;
// longer than `limit` bytes is cut with "…". Threat: log injection and terminal escapes in hostile input.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);

[[nodiscard]] bool is_valid_utf8(std::string_view text);  // RFC 3629: no overlong forms, no surrogates

}  // namespace quivive
