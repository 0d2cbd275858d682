#pragma once
// Proof key for code exchange (RFC 7636), S256 alone: `plain` shows the secret to whoever reads the authorization request.

#include <string_view>

namespace quivive::issuer {

// 43 characters of base64url: a SHA-256.
[[nodiscard]] bool is_challenge(std::string_view text);
// Whether the verifier, 43 to 128 unreserved characters, is the one that the challenge was made of.
[[nodiscard]] bool verifier_fits(std::string_view verifier, std::string_view challenge);

}  // namespace quivive::issuer
