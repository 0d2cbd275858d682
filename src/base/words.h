#pragma once
// A list of words in one text, with spaces between: scopes and roles (RFC 6749 section 3.3).

#include <algorithm>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace quivive {

template <std::ranges::input_range Words>
[[nodiscard]] std::string join(const Words& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

[[nodiscard]] inline std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace quivive
