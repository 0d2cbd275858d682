#include "diagnose/text_layout.h"

#include "base/text.h"

#include <algorithm>

namespace quivive::diagnose {

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
  const std::string margin(indent, ' ');
  std::string out;
  std::size_t column = indent;
  bool line_start = true;
  while (!text.empty()) {
    if (text.front() == '\n') {
      out += '\n' + margin;
      column = indent;
      line_start = true;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t gap = std::min(text.find_first_not_of(' '), text.size());
    const std::string_view spaces = text.substr(0, gap);
    text.remove_prefix(gap);
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    const std::size_t wide = columns(word);
    if (!line_start && column + gap + wide > width) {
      out += '\n' + margin;
      column = indent;
    } else {
      out += spaces;
      column += gap;
    }
    out += word;
    column += wide;
    line_start = false;
  }
  return out;
}

std::string with_backslashes(std::string printed) {
  static constexpr std::string_view kEscaped = "\\x5c";
  for (std::size_t at = 0; (at = printed.find(kEscaped, at)) != std::string::npos; ++at) printed.replace(at, kEscaped.size(), "\\");
  return printed;
}

std::string harmless(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    out += with_backslashes(printable(line, line.size() * 4 + 1));
    if (end == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace quivive::diagnose
