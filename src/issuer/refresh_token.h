#pragma once
// Refresh tokens as text: the mark of their family, then 256 bits of their own. All of one family carry the same mark, and the store
// knows the family by a digest of it: so a token that the store dropped long ago is told from one that never was. Threat: a thief who
// refreshes until the token that the client still holds is forgotten, and whose copy nobody notices then (OAuth 2.1 section 4.3.1).

#include "base/random.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace quivive::issuer {

// Of the family that comes of an authorization or device code. Who knows it knew the code or a token: all that it can do is end the family.
[[nodiscard]] Secret family_mark(std::string_view code);
// The family's id in the store. Another client's differs. Threat: one client that ends another's tokens.
[[nodiscard]] std::string family_of(std::string_view mark, std::string_view client);

[[nodiscard]] Secret make_refresh_token(std::string_view mark, RandomSource& random);
[[nodiscard]] bool looks_like_refresh_token(std::string_view text);
// A view into `token`. Requires looks_like_refresh_token().
[[nodiscard]] std::string_view mark_of(std::string_view token);

}  // namespace quivive::issuer
