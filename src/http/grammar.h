#pragma once
// The rules of RFC 9110 that the other parsers are made of, each with its ABNF. Functions named take_ consume what they
// match from the front of their input, and nothing where they do not match.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::http {

namespace detail {

enum CharClass : std::uint8_t { Tchar = 1, Token68Char = 2, FieldChar = 4, Pchar = 8, Hex = 16 };

inline constexpr std::array<std::uint8_t, 256> kCharClasses = [] {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&](std::string_view chars, std::uint8_t classes) {
    for (const char c : chars) table[static_cast<std::uint8_t>(c)] |= classes;
  };
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", Tchar | Token68Char | Pchar);
  mark("0123456789abcdefABCDEF", Hex);
  mark("!#$%&'*+-.^_`|~", Tchar);
  mark("-._~+/", Token68Char);
  mark("-._~!$&'()*+,;=:@", Pchar);
  for (int c = 0; c < 256; ++c) {
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) table[static_cast<std::size_t>(c)] |= FieldChar;
  }
  return table;
}();

constexpr bool is_class(char c, CharClass k) { return (kCharClasses[static_cast<std::uint8_t>(c)] & k) != 0; }

}  // namespace detail

// tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
// (RFC 9110 section 5.6.2)
[[nodiscard]] constexpr bool is_tchar(char c) { return detail::is_class(c, detail::Tchar); }
// field-vchar / SP / HTAB, obs-text included (RFC 9110 section 5.5): no control characters but HTAB
[[nodiscard]] constexpr bool is_field_char(char c) { return detail::is_class(c, detail::FieldChar); }
// ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" (RFC 9110 section 11.2)
[[nodiscard]] constexpr bool is_token68_char(char c) { return detail::is_class(c, detail::Token68Char); }
// pchar without pct-encoded (RFC 3986 section 3.3)
[[nodiscard]] constexpr bool is_pchar(char c) { return detail::is_class(c, detail::Pchar); }
[[nodiscard]] constexpr bool is_hex_digit(char c) { return detail::is_class(c, detail::Hex); }
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_ows(char c) { return c == ' ' || c == '\t'; }
// The value of a hex digit; requires is_hex_digit(c).
[[nodiscard]] constexpr std::uint8_t hex_value(char c) {
  return static_cast<std::uint8_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

// pct-encoded = "%" HEXDIG HEXDIG (RFC 3986 section 2.1): the octet that the three characters at `at` stand for, nothing
// where they are not one.
[[nodiscard]] constexpr std::optional<std::uint8_t> percent_octet(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || text[at] != '%' || !is_hex_digit(text[at + 1]) || !is_hex_digit(text[at + 2])) return std::nullopt;
  return static_cast<std::uint8_t>(hex_value(text[at + 1]) << 4 | hex_value(text[at + 2]));
}
// The inverse, in upper case as section 2.1 asks.
[[nodiscard]] constexpr std::array<char, 3> percent_encoded(std::uint8_t octet) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {'%', digits[octet >> 4], digits[octet & 15]};
}

// token = 1*tchar (RFC 9110 section 5.6.2)
[[nodiscard]] bool is_token(std::string_view text);
// token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" (RFC 9110 section 11.2)
[[nodiscard]] bool is_token68(std::string_view text);
// A field value without control characters (RFC 9110 section 5.5); may be empty.
[[nodiscard]] bool is_field_value(std::string_view text);

// The longest token at the front, "" where there is none.
[[nodiscard]] std::string_view take_token(std::string_view& in);
// The longest token68 at the front, "" where there is none.
[[nodiscard]] std::string_view take_token68(std::string_view& in);
// OWS = *( SP / HTAB ) (RFC 9110 section 5.6.3); returns its length.
std::size_t skip_ows(std::string_view& in);

// quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE (RFC 9110 section 5.6.4), unescaped. Nothing where the text
// does not begin with one, does not end it, or holds a control character.
[[nodiscard]] std::optional<std::string> take_quoted_string(std::string_view& in);
// The same as a slice with quotes and escapes, for callers that need no value: "" where there is none.
[[nodiscard]] std::string_view take_raw_quoted_string(std::string_view& in);
// Appends `value` as a quoted-string. Control characters have no spelling there and become '?': nothing that is passed
// in can end the field line.
void append_quoted_string(std::string& out, std::string_view value);

// #element = [ element ] *( OWS "," OWS [ element ] ) (RFC 9110 section 5.6.1.2): the next element that is not empty,
// without surrounding OWS; commas within quoted strings do not separate. Nothing at the end.
[[nodiscard]] std::optional<std::string_view> take_list_element(std::string_view& in);

}  // namespace quivive::http
