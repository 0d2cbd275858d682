#pragma once
// What a session's cookie holds: 256 random bits, and nothing that could be read out of it.

#include "base/random.h"
#include "base/secret.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace quivive::auth {

[[nodiscard]] Secret make_session_token(RandomSource& random);
// Whether a text could be one. To look up only such keeps what strangers make up from the store.
[[nodiscard]] bool looks_like_session_token(std::string_view text);
// SHA-256, 32 octets: what is stored of it, so that who reads the store cannot use a session. With 256 bits no slower hash is needed.
[[nodiscard]] std::string session_digest(std::string_view token);

// Names a password hash, 16 octets: a session goes with the password that it was begun with. Of the hash alone, so that a password
// that is set anew, to the same text as well, ends the sessions.
[[nodiscard]] std::string password_tag(const Secret& password_hash);

}  // namespace quivive::auth
