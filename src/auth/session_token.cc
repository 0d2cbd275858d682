#include "auth/session_token.h"

#include "base/base64.h"
#include "crypto/digest.h"

#include <algorithm>

namespace quivive::auth {

Secret make_session_token(RandomSource& random) { return Secret(base64url_encode(random.bytes(32))); }

bool looks_like_session_token(std::string_view text) {
  return text.size() == kSessionTokenSize && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

std::string session_digest(std::string_view token) { return crypto::digest(crypto::HashKind::Sha256, token); }

std::string password_tag(const Secret& password_hash) {
  std::string text("quivive session\n");
  text += password_hash.reveal(RevealSecret{});
  const Secret wiped(std::move(text));
  return crypto::digest(crypto::HashKind::Sha256, wiped.reveal(RevealSecret{})).substr(0, 16);
}

}  // namespace quivive::auth
