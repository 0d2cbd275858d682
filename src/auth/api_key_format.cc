#include "auth/api_key_format.h"

#include "base/text.h"
#include "crypto/digest.h"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>

namespace quivive::auth {
namespace {

constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kSecretLength = 43;   // 62^43 > 2^256
constexpr std::size_t kChecksumLength = 6;  // 62^6 > 2^32
constexpr std::size_t kSeparatorAt = kApiKeyPrefix.size() + kApiKeyIdLength;
constexpr std::size_t kChecksumAt = kSeparatorAt + 1 + kSecretLength;
static_assert(kChecksumAt + kChecksumLength == kApiKeyLength);

// ASCII whatever the locale says.
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

using Checksum = std::array<char, kChecksumLength>;

// Of `prefix` followed by `rest`, in base62, most significant digit first.
Checksum checksum(std::string_view prefix, std::string_view rest) {
  boost::crc_32_type crc;
  crc.process_bytes(prefix.data(), prefix.size());
  crc.process_bytes(rest.data(), rest.size());
  std::uint32_t value = crc.checksum();
  Checksum out{};
  for (std::size_t i = kChecksumLength; i-- > 0; value /= 62) out[i] = kBase62[value % 62];
  return out;
}

// Whether `body`, the 60 characters after the prefix, ends in its checksum. Not secret, so an ordinary comparison.
bool checksum_fits(std::string_view body) {
  const auto split = body.size() - kChecksumLength;
  const Checksum wanted = checksum(kApiKeyPrefix, body.substr(0, split));
  return std::equal(wanted.begin(), wanted.end(), body.begin() + static_cast<std::ptrdiff_t>(split));
}

// Every character in its place: separator at 13, base62 elsewhere after the prefix.
bool has_shape(std::string_view text) {
  if (text.size() != kApiKeyLength || text[kSeparatorAt] != '_') return false;
  for (std::size_t i = kApiKeyPrefix.size(); i < text.size(); ++i) {
    if (i != kSeparatorAt && !is_base62(text[i])) return false;
  }
  return true;
}

// Random base62. Bytes that would favour some digits are drawn again.
void append_random(std::string& out, std::size_t length, RandomSource& random) {
  for (const std::size_t end = out.size() + length; out.size() < end;) {
    std::array<std::uint8_t, 64> bytes;
    random.fill(bytes);
    for (const std::uint8_t byte : bytes) {
      if (byte < 4 * 62 && out.size() < end) out += kBase62[byte % 62];
    }
  }
}

// A key whose first one, two or three characters were lost: the checksum covers them, so it proves the case.
bool lacks_only_prefix(std::string_view text) {
  constexpr std::size_t body = kApiKeyLength - kApiKeyPrefix.size();
  if (text.size() < body || text.size() >= kApiKeyLength) return false;
  const auto kept = text.size() - body;
  return text.substr(0, kept) == kApiKeyPrefix.substr(kApiKeyPrefix.size() - kept) && checksum_fits(text.substr(kept));
}

// Without what people paste around a key: quotes of a shell or of JSON, white space, a line end.
std::string_view without_wrapping(std::string_view text) {
  constexpr std::string_view wrapping = "\"'`<> \t\r\n";
  const auto first = text.find_first_not_of(wrapping);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(wrapping) - first + 1);
}

// `Bearer qv_…`, `key=qv_…`: the last word is what was meant.
bool ends_in_key(std::string_view text) {
  const auto before = text.find_last_of(" \t:=");
  return before != std::string_view::npos && looks_like_api_key(text.substr(before + 1));
}

// What is wrong with a text that starts with the prefix, in some case, but has not the shape of a key.
ApiKeyDefect shape_defect(std::string_view text) {
  const auto rest = text.substr(kApiKeyPrefix.size());
  if (!std::all_of(rest.begin(), rest.end(), [](char c) { return is_base62(c) || c == '_'; })) return ApiKeyDefect::BadAlphabet;
  if (text.size() < kApiKeyLength) return ApiKeyDefect::Cut;
  if (text.size() > kApiKeyLength) return ApiKeyDefect::TooLong;
  return ApiKeyDefect::BadAlphabet;  // '_' in the wrong place
}

}  // namespace

NewApiKey generate_api_key(RandomSource& random) {
  std::string text;
  text.reserve(kApiKeyLength);  // no reallocation, which would leave a copy of the secret behind
  text += kApiKeyPrefix;
  append_random(text, kApiKeyIdLength, random);
  std::string id = text.substr(kApiKeyPrefix.size());
  text += '_';
  append_random(text, kSecretLength, random);
  const Checksum sum = checksum(text, {});
  text.append(sum.data(), sum.size());
  return {std::move(id), Secret{std::move(text)}};
}

std::string_view describe(ApiKeyDefect defect) {
  switch (defect) {
    case ApiKeyDefect::NotOurs: return "not a key of this gateway: those start with qv_";
    case ApiKeyDefect::MissingPrefix: return "the key lacks its prefix: it starts with qv_, which belongs to it";
    case ApiKeyDefect::AfterWord: return "a word stands before the key, such as Bearer: here the key stands alone";
    case ApiKeyDefect::BadAlphabet:
      return "a character that no key has: quotes, white space, a line end or an ellipsis in it or around it?";
    case ApiKeyDefect::Cut: return "the key is cut: it is shorter than 63 characters";
    case ApiKeyDefect::TooLong: return "the key is longer than 63 characters: pasted twice, or with something after it?";
    case ApiKeyDefect::WrongCase: return "the key's case was changed: upper and lower case matter, and qv_ is lower case";
    case ApiKeyDefect::BadChecksum: return "the key was mistyped: its checksum does not fit";
  }
  return "";
}

boost::system::result<ApiKeyView, ApiKeyDefect> parse_api_key(std::string_view text) {
  if (!looks_like_api_key(text)) {
    if (lacks_only_prefix(text)) return ApiKeyDefect::MissingPrefix;
    if (looks_like_api_key(without_wrapping(text))) return ApiKeyDefect::BadAlphabet;
    if (ends_in_key(without_wrapping(text))) return ApiKeyDefect::AfterWord;
    return ApiKeyDefect::NotOurs;
  }
  if (!has_shape(text)) return shape_defect(text);
  if (!text.starts_with(kApiKeyPrefix)) return ApiKeyDefect::WrongCase;
  const auto body = text.substr(kApiKeyPrefix.size());
  if (!checksum_fits(body)) {
    // 59 random characters have both cases, but for one key in 10^13: one case only means that something changed it.
    const bool one_case = std::none_of(body.begin(), body.end(), is_upper) || std::none_of(body.begin(), body.end(), is_lower);
    return one_case ? ApiKeyDefect::WrongCase : ApiKeyDefect::BadChecksum;
  }
  return ApiKeyView{text, body.substr(0, kApiKeyIdLength)};
}

bool looks_like_api_key(std::string_view text) { return iequals(text.substr(0, kApiKeyPrefix.size()), kApiKeyPrefix); }

std::optional<ApiKeyView> find_api_key(std::string_view text) {
  for (auto at = text.find(kApiKeyPrefix); at != std::string_view::npos; at = text.find(kApiKeyPrefix, at + 1)) {
    if (const auto key = parse_api_key(text.substr(at, kApiKeyLength))) return *key;
  }
  return std::nullopt;
}

std::string api_key_digest(std::string_view text) { return std::string(crypto::sha256(text).view()); }

}  // namespace quivive::auth
