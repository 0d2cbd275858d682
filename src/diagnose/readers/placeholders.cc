#include "diagnose/readers/placeholders.h"

#include "base/text.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>

namespace quivive::diagnose::readers {
namespace {

constexpr std::size_t kMostPlaceholders = 8;
constexpr std::size_t kLongestPlaceholder = 100;

std::size_t name_length(std::string_view in) {
  std::size_t n = 0;
  if (in.empty() || !is_name_start(in.front())) return 0;
  while (n < in.size() && n < kLongestPlaceholder && is_name_char(in[n])) ++n;
  return n;
}

// The length of what ends with `close` at the front, without an end of line inside; 0 where it does not end.
std::size_t enclosed(std::string_view in, std::string_view close) {
  const std::string_view head = in.substr(0, kLongestPlaceholder);
  const std::size_t end = head.find(close, 1);
  return end == std::string_view::npos || head.substr(0, end).find('\n') != std::string_view::npos ? 0 : end + close.size();
}

// `<YOUR_TOKEN>`, `<your token here>`
std::size_t angle(std::string_view in) {
  const std::size_t length = enclosed(in, ">");
  if (length < 4 || !is_letter(in[1])) return 0;
  const std::string_view name = in.substr(1, length - 2);
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return is_name_char(c) || c == '-' || c == ' ' || c == '.'; });
  return plain ? length : 0;
}

// `%TOKEN%`, and not `%20…%20`: a name of capitals, of three characters and more, that is no escape unless it has a `_`.
std::size_t percent(std::string_view in) {
  const std::size_t length = name_length(in.substr(1)) + 2;
  if (length < 5 || length > in.size() || in[length - 1] != '%') return 0;
  const std::string_view name = in.substr(1, length - 2);
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return 0;
  const bool escape = http::is_hex_digit(name[0]) && http::is_hex_digit(name[1]);
  return escape && name.find('_') == std::string_view::npos ? 0 : length;
}

// `YOUR_API_KEY`, `your-token-here`
std::size_t your_something(std::string_view in) {
  if (in.size() < 8 || !iequals(in.substr(0, 4), "your") || (in[4] != '_' && in[4] != '-')) return 0;
  std::size_t length = 5;
  while (length < in.size() && length < kLongestPlaceholder && (is_name_char(in[length]) || in[length] == '-')) ++length;
  const std::string name = to_lower(in.substr(0, length));
  for (const std::string_view word : {"token", "key", "secret", "password", "jwt", "credential"}) {
    if (name.find(word) != std::string::npos) return length;
  }
  return 0;
}

std::size_t placeholder_length(std::string_view text, std::size_t at, bool markup) {
  const std::string_view in = text.substr(at);
  if (in.starts_with("{{")) return enclosed(in, "}}") > 4 ? enclosed(in, "}}") : 0;
  if (in.starts_with("${")) {
    const std::size_t name = name_length(in.substr(2));
    return name > 0 && in.size() > name + 2 && in[name + 2] == '}' ? name + 3 : 0;
  }
  if (markup) return 0;
  if (in.front() == '<') return angle(in);
  if (in.front() == '%') return percent(in);
  const bool begins_word = at == 0 || !is_name_char(text[at - 1]);
  if ((in.front() | 0x20) == 'y' && begins_word) return your_something(in);
  if (in.front() == ':' && at > 0 && text[at - 1] == ' ') {
    const std::size_t name = name_length(in.substr(1));
    return name > 1 && name + 1 == in.size() ? name + 1 : 0;
  }
  return 0;
}

}  // namespace

std::vector<std::string_view> find_placeholders(std::string_view text, bool markup) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0; at < text.size() && found.size() < kMostPlaceholders;) {
    const std::size_t length = placeholder_length(text, at, markup);
    if (length > 0) found.push_back(text.substr(at, length));
    at += std::max<std::size_t>(length, 1);
  }
  return found;
}

std::vector<std::string_view> find_variables(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t at = text.find('$'); at != std::string_view::npos && found.size() < kMostPlaceholders; at = text.find('$', at + 1)) {
    const bool braces = text.substr(at + 1).starts_with('{');
    const std::size_t name = name_length(text.substr(at + (braces ? 2 : 1)));
    const std::size_t end = at + 1 + name + (braces ? 2 : 0);
    if (name == 0 || end > text.size() || (braces && text[end - 1] != '}')) continue;
    constexpr std::string_view kBefore = " :=/\"',(&?", kAfter = " :=/\"',)&?@;\r\n";
    const bool whole = (at == 0 || kBefore.find(text[at - 1]) != std::string_view::npos) &&
                       (end == text.size() || kAfter.find(text[end]) != std::string_view::npos);
    if (braces || whole) found.push_back(text.substr(at, end - at));
  }
  return found;
}

}  // namespace quivive::diagnose::readers
