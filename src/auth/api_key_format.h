#pragma once
// The text of an API key: qv_<id>_<secret><checksum>, 63 characters. The id (10) is public and names the record; the
// secret (43) carries 256 random bits; the checksum (6) covers all before it. Everything but the marks is base62.
//
// The checksum is CRC-32: it is no secret and defends against nobody. It tells a mistyped key from an unknown one without
// asking a store, and CRC-32 is certain to catch what people do (any change within four neighbouring characters, so every
// mistyped or swapped one), where a cut-off hash would only be likely to.

#include "base/random.h"
#include "base/secret.h"

#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::auth {

inline constexpr std::string_view kApiKeyPrefix = "qv_";
inline constexpr std::size_t kApiKeyIdLength = 10;
inline constexpr std::size_t kApiKeyLength = 63;

// ASCII whatever the locale says.
[[nodiscard]] constexpr bool is_base62(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

struct NewApiKey {
  std::string id;
  Secret text;  // shown to its owner once; stores keep api_key_digest() of it
};

[[nodiscard]] NewApiKey generate_api_key(RandomSource& random);

// What is wrong with a text that is no key. All are key-malformed to the client.
enum class ApiKeyDefect : std::uint8_t {
  NotOurs,        // nothing like a key of this gateway
  MissingPrefix,  // a whole key but for the start of its prefix
  AfterWord,      // something like a key, with another word in front of it
  BadAlphabet,    // quotes, white space, an ellipsis or another foreign character in it or around it
  Cut,            // too short
  TooLong,
  WrongCase,      // upper- or lower-cased, whole or only its prefix
  BadChecksum,    // mistyped
};

// One sentence for the operator; it quotes nothing of the key.
[[nodiscard]] std::string_view describe(ApiKeyDefect defect);

// A well-formed key, as slices of the parsed text.
struct ApiKeyView {
  std::string_view text;
  std::string_view id;
};

// Linear in the text, allocates nothing. Well-formed says nothing about the key being known.
[[nodiscard]] boost::system::result<ApiKeyView, ApiKeyDefect> parse_api_key(std::string_view text);

// Whether a value is meant to be one of our keys, well formed or not: starts with qv_ in any case. A glance, no checksum.
[[nodiscard]] bool looks_like_api_key(std::string_view text);

// The first well-formed key anywhere in a text, a URL's query for instance: such a key has leaked (key-in-wrong-place).
[[nodiscard]] std::optional<ApiKeyView> find_api_key(std::string_view text);

// What a store keeps and is asked with: SHA-256 of the whole text, 32 bytes. The secret has 256 bits, so a slow hash
// would add cost and no strength.
[[nodiscard]] std::string api_key_digest(std::string_view text);

}  // namespace quivive::auth
