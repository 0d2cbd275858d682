#include "crypto/opaque_token.h"

#include "base/base64.h"
#include "crypto/digest.h"

#include <algorithm>

namespace quivive::crypto {

Secret make_opaque_token(RandomSource& random) { return Secret(base64url_encode(random.bytes(32))); }

bool looks_like_opaque_token(std::string_view text) {
  return text.size() == kOpaqueTokenSize && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

std::string opaque_token_digest(std::string_view token) { return std::string(sha256(token).view()); }

}  // namespace quivive::crypto
