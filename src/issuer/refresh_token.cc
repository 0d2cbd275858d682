#include "issuer/refresh_token.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "crypto/opaque_token.h"

#include <fmt/format.h>

namespace quivive::issuer {
namespace {

constexpr std::size_t kMarkSize = crypto::kOpaqueTokenSize;  // base64url of 32 octets, as the other half

}  // namespace

Secret family_mark(std::string_view code) { return Secret(base64url_encode(crypto::hmac(crypto::HashKind::Sha256, code, "quivive: family of refresh tokens"))); }

std::string family_of(std::string_view mark, std::string_view client) { return base64url_encode(crypto::sha256(fmt::format("{}\n{}", mark, client)).view()); }

Secret make_refresh_token(std::string_view mark, RandomSource& random) {
  const Secret own = crypto::make_opaque_token(random);
  return Secret(std::string(mark) + std::string(own.reveal(RevealSecret{})));
}

bool looks_like_refresh_token(std::string_view text) {
  return text.size() > kMarkSize && crypto::looks_like_opaque_token(text.substr(0, kMarkSize)) && crypto::looks_like_opaque_token(text.substr(kMarkSize));
}

std::string_view mark_of(std::string_view token) { return token.substr(0, kMarkSize); }

}  // namespace quivive::issuer
