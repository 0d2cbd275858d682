#include "http/grammar.h"

#include "http/byte_scan.h"

#include <algorithm>

namespace quivive::http {
namespace {

std::string_view take(std::string_view& in, std::size_t n) {
  const std::string_view taken = in.substr(0, n);
  in.remove_prefix(n);
  return taken;
}

std::string_view trim_right_ows(std::string_view s) {
  while (!s.empty() && is_ows(s.back())) s.remove_suffix(1);
  return s;
}

// Length of the quoted-string at the front, 0 where there is none.
std::size_t quoted_string_length(std::string_view in) {
  if (in.empty() || in.front() != '"') return 0;
  const char* const end = in.data() + in.size();
  for (const char* p = in.data() + 1;; ++p) {
    // qdtext = HTAB / SP / %x21 / %x23-5B / %x5D-7E / obs-text
    p = detail::find_marked(p, end, 0x20, '"', '\\');
    if (p == end) return 0;
    if (*p == '"') return static_cast<std::size_t>(p + 1 - in.data());
    if (*p == '\t') continue;
    if (*p != '\\' || ++p == end || !is_field_char(*p)) return 0;
  }
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_tchar); }

bool is_token68(std::string_view text) { return !text.empty() && take_token68(text).size() > 0 && text.empty(); }

bool is_field_value(std::string_view text) { return std::all_of(text.begin(), text.end(), is_field_char); }

std::string_view take_token(std::string_view& in) {
  std::size_t n = 0;
  while (n < in.size() && is_tchar(in[n])) ++n;
  return take(in, n);
}

std::string_view take_token68(std::string_view& in) {
  std::size_t n = 0;
  while (n < in.size() && is_token68_char(in[n])) ++n;
  if (n == 0) return {};
  while (n < in.size() && in[n] == '=') ++n;
  return take(in, n);
}

std::size_t skip_ows(std::string_view& in) {
  std::size_t n = 0;
  while (n < in.size() && is_ows(in[n])) ++n;
  in.remove_prefix(n);
  return n;
}

std::optional<std::string> take_quoted_string(std::string_view& in) {
  const std::string_view raw = take_raw_quoted_string(in);
  if (raw.empty()) return std::nullopt;
  std::string value;
  value.reserve(raw.size() - 2);
  for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
    if (raw[i] == '\\') ++i;
    value += raw[i];
  }
  return value;
}

std::string_view take_raw_quoted_string(std::string_view& in) { return take(in, quoted_string_length(in)); }

void append_quoted_string(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += is_field_char(c) ? c : '?';  // threat: response splitting by CR or LF in a value
  }
  out += '"';
}

std::optional<std::string_view> take_list_element(std::string_view& in) {
  while (!in.empty() && (in.front() == ',' || is_ows(in.front()))) in.remove_prefix(1);
  if (in.empty()) return std::nullopt;
  std::size_t n = 0;
  while (true) {
    while (n < in.size() && in[n] != ',' && in[n] != '"') ++n;
    if (n == in.size() || in[n] == ',') return trim_right_ows(take(in, n));
    n += std::max<std::size_t>(quoted_string_length(in.substr(n)), 1);  // a lone quote is a character like others
  }
}

}  // namespace quivive::http
