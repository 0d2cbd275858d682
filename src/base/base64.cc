#include "base/base64.h"

#include <array>
#include <cstdint>

namespace quivive {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kBad = 0xff;

constexpr std::array<std::uint8_t, 256> inverse(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  table.fill(kBad);
  for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}
constexpr auto kStandardInverse = inverse(kStandard);
constexpr auto kUrlInverse = inverse(kUrl);

// Three octets at a time, without padding; `out` has room for base64url_encoded_size().
void encode_to(std::string_view in, std::string_view alphabet, char* out) {
  const auto* p = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t n = in.size();
  const auto put = [&](std::uint32_t bits, int characters) {
    for (int shift = 18; characters-- > 0; shift -= 6) *out++ = alphabet[bits >> shift & 63];
  };
  for (; n >= 3; n -= 3, p += 3) put(std::uint32_t{p[0]} << 16 | std::uint32_t{p[1]} << 8 | p[2], 4);
  if (n == 2) put(std::uint32_t{p[0]} << 16 | std::uint32_t{p[1]} << 8, 3);
  if (n == 1) put(std::uint32_t{p[0]} << 16, 2);
}

std::string encode(std::string_view in, std::string_view alphabet) {
  std::string out(base64url_encoded_size(in.size()), '\0');
  encode_to(in, alphabet, out.data());
  return out;
}

// `in` holds no padding; `out` has room for base64_decoded_size(). Four characters at a time; the tail must not carry stray bits.
bool decode_to(std::string_view in, const std::array<std::uint8_t, 256>& table, char* out) {
  if (in.size() % 4 == 1) return false;
  auto* o = reinterpret_cast<std::uint8_t*>(out);
  const auto* p = reinterpret_cast<const std::uint8_t*>(in.data());
  std::size_t n = in.size();
  for (; n >= 4; n -= 4, p += 4) {
    const std::uint8_t a = table[p[0]], b = table[p[1]], c = table[p[2]], d = table[p[3]];
    if ((a | b | c | d) & 0xc0) return false;
    *o++ = static_cast<std::uint8_t>(a << 2 | b >> 4);
    *o++ = static_cast<std::uint8_t>(b << 4 | c >> 2);
    *o++ = static_cast<std::uint8_t>(c << 6 | d);
  }
  if (n >= 2) {
    const std::uint8_t a = table[p[0]], b = table[p[1]];
    if ((a | b) & 0xc0) return false;
    *o++ = static_cast<std::uint8_t>(a << 2 | b >> 4);
    if (n == 2) {
      if (b & 0x0f) return false;
    } else {
      const std::uint8_t c = table[p[2]];
      if ((c & 0xc0) || (c & 0x03)) return false;
      *o++ = static_cast<std::uint8_t>(b << 4 | c >> 2);
    }
  }
  return true;
}

std::optional<std::string> decode(std::string_view in, const std::array<std::uint8_t, 256>& table) {
  std::string out(base64_decoded_size(in.size()), '\0');
  if (!decode_to(in, table, out.data())) return std::nullopt;
  return out;
}

}  // namespace

std::string base64url_encode(std::string_view bytes) { return encode(bytes, kUrl); }
void base64url_encode_to(std::string_view bytes, char* out) { encode_to(bytes, kUrl, out); }

std::string base64_encode(std::string_view bytes) {
  std::string out = encode(bytes, kStandard);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<std::string> base64url_decode(std::string_view text) { return decode(text, kUrlInverse); }
bool base64url_decode_to(std::string_view text, char* out) { return decode_to(text, kUrlInverse, out); }

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with("=")) {
    text.remove_suffix(1);
  }
  return decode(text, kStandardInverse);
}

std::string hex_encode(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char c : bytes) {
    out.push_back(digits[c >> 4]);
    out.push_back(digits[c & 15]);
  }
  return out;
}

std::optional<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high << 4 | low));
  }
  return out;
}

}  // namespace quivive
