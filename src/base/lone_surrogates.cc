#include "base/lone_surrogates.h"

namespace quivive {
namespace {

constexpr std::size_t kEscapeBytes = 6;  // \uXXXX

// How the four digits after `\u` read; -1 where one of them is no digit, -2 where they are not all there.
int code_unit(std::string_view escape) {
  int unit = 0;
  for (std::size_t i = 2; i < kEscapeBytes; ++i) {
    if (i >= escape.size()) return -2;
    const char c = escape[i];
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      unit = unit * 16 + (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      unit = unit * 16 + (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return unit;
}

constexpr bool is_low(int unit) { return unit >= 0xdc00 && unit <= 0xdfff; }
constexpr bool is_high(int unit) { return unit >= 0xd800 && unit <= 0xdbff; }

}  // namespace

LoneSurrogates::Look LoneSurrogates::look(std::string_view text) {
  if (text.size() < 2) return {Escape::Undecided};
  if (text[1] != 'u') return {Escape::Fine, 2};
  const int first = code_unit(text);
  if (first == -2) return {Escape::Undecided};
  if (first == -1) return {Escape::Fine, 2};  // for the parser to complain about
  if (is_low(first)) return {Escape::Lone, kEscapeBytes};
  if (!is_high(first)) return {Escape::Fine, kEscapeBytes};
  const std::string_view next = text.substr(kEscapeBytes);
  if (next.empty()) return {Escape::Undecided};
  if (next[0] != '\\') return {Escape::Lone, kEscapeBytes};
  if (next.size() < 2) return {Escape::Undecided};
  if (next[1] != 'u') return {Escape::Lone, kEscapeBytes};
  const int second = code_unit(next);
  if (second == -2) return {Escape::Undecided};
  return is_low(second) ? Look{Escape::Fine, 2 * kEscapeBytes} : Look{Escape::Lone, kEscapeBytes};
}

}  // namespace quivive
