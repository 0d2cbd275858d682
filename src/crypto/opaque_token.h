#pragma once
// Tokens that hold nothing but 256 random bits: session cookies, authorization codes, refresh tokens, client secrets.

#include "base/random.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace quivive::crypto {

inline constexpr std::size_t kOpaqueTokenSize = 43;  // characters: base64url of 32 octets

[[nodiscard]] Secret make_opaque_token(RandomSource& random);
// Whether a text could be one. To look up only such keeps what strangers make up from the store.
[[nodiscard]] bool looks_like_opaque_token(std::string_view text);
// SHA-256, 32 octets: what is stored of it, so that who reads the store cannot use it. With 256 bits no slower hash is needed.
[[nodiscard]] std::string opaque_token_digest(std::string_view token);

}  // namespace quivive::crypto
