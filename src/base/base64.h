#pragma once
// Base64 (RFC 4648 section 4), base64url (section 5) and hex. Decoders are strict: one text for each byte string.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quivive {

// Without padding, as JOSE writes it (RFC 7515 section 2).
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
// The same into memory of the caller's, which has room for base64url_encoded_size(bytes.size()) characters.
void base64url_encode_to(std::string_view bytes, char* out);
// Characters without padding that so many octets take.
[[nodiscard]] constexpr std::size_t base64url_encoded_size(std::size_t octets) { return octets / 3 * 4 + (octets % 3 * 4 + 2) / 3; }
// Refuses padding, foreign characters, an impossible length, and non-zero trailing bits (RFC 4648 section 3.5).
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);
// The same into memory of the caller's, which has room for base64_decoded_size(text.size()) octets: as many are written if
// it is true, and some of them if it is not.
[[nodiscard]] bool base64url_decode_to(std::string_view text, char* out);
// Octets that so many characters without padding stand for.
[[nodiscard]] constexpr std::size_t base64_decoded_size(std::size_t characters) { return characters / 4 * 3 + characters % 4 * 3 / 4; }

// With padding.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
// Padding is required; otherwise as strict as base64url_decode.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

[[nodiscard]] std::string hex_encode(std::string_view bytes);  // lower case
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);

}  // namespace quivive
