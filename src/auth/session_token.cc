#include "auth/session_token.h"

#include "crypto/digest.h"
#include "crypto/opaque_token.h"

namespace quivive::auth {

Secret make_session_token(RandomSource& random) { return crypto::make_opaque_token(random); }

bool looks_like_session_token(std::string_view text) { return crypto::looks_like_opaque_token(text); }

std::string session_digest(std::string_view token) { return crypto::opaque_token_digest(token); }

std::string password_tag(const Secret& password_hash) {
  std::string text("quivive session\n");
  text += password_hash.reveal(RevealSecret{});
  const Secret wiped(std::move(text));
  return crypto::digest(crypto::HashKind::Sha256, wiped.reveal(RevealSecret{})).substr(0, 16);
}

}  // namespace quivive::auth
