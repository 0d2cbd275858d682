#include "issuer/pkce.h"

#include "base/base64.h"
#include "crypto/constant_time.h"
#include "crypto/digest.h"

#include <algorithm>

namespace quivive::issuer {
namespace {

// RFC 3986 section 2.3.
bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

bool is_challenge(std::string_view text) {
  const auto octets = base64url_decode(text);
  return octets && octets->size() == 32;
}

bool verifier_fits(std::string_view verifier, std::string_view challenge) {
  if (verifier.size() < 43 || verifier.size() > 128 || !std::ranges::all_of(verifier, is_unreserved)) return false;
  return crypto::constant_time_equal(base64url_encode(crypto::sha256(verifier).view()), challenge);
}

}  // namespace quivive::issuer
