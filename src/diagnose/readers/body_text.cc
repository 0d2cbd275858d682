#include "diagnose/readers/body_text.h"

#include "base/base64.h"
#include "base/text.h"
#include "diagnose/exchange.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {

std::pair<std::string, bool> kept_body(std::string_view body, bool cut) {
  if (body.size() > kMaxBodyKept) {
    body = body.substr(0, kMaxBodyKept);
    cut = true;
  }
  if (cut) {
    // Back to before the last lead byte, where the bytes after it are too few.
    std::size_t tail = 0;
    while (tail < 3 && tail < body.size() && (static_cast<unsigned char>(body[body.size() - 1 - tail]) & 0xc0) == 0x80) ++tail;
    if (tail < body.size()) {
      const auto lead = static_cast<unsigned char>(body[body.size() - 1 - tail]);
      const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
      if (length > tail + 1) body.remove_suffix(tail + 1);
    }
  }
  return {std::string(body), cut};
}

bool is_text_type(std::string_view media_type) {
  const std::string type = to_lower(trim_ows(media_type.substr(0, media_type.find(';'))));
  if (type.empty() || type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"application/json", "application/xml", "application/javascript", "application/x-javascript", "application/ecmascript",
       "application/x-www-form-urlencoded", "application/jwt", "application/graphql", "application/x-ndjson", "application/yaml"});
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

std::optional<std::string> decode_base64_loosely(std::string_view text, bool cut) {
  std::string digits;
  digits.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    digits.push_back(c == '+' ? '-' : c == '/' ? '_' : c);
  }
  while (digits.ends_with('=')) digits.pop_back();
  if (cut) digits.resize(digits.size() / 4 * 4);
  return base64url_decode(digits);
}

void append_form_encoded(std::string& out, std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool escape = c == '%' && i + 2 < text.size() && http::is_hex_digit(text[i + 1]) && http::is_hex_digit(text[i + 2]);
    if (escape || (http::is_pchar(c) && c != '&' && c != '=' && c != '+') || c == '/') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
}

}  // namespace quivive::diagnose
