#include "auth/credential_mask.h"

#include <algorithm>

namespace quivive::auth {
namespace {

// Of a key's secret (43) and of a token's first part: fewer characters are a word of the path's own.
constexpr std::size_t kLeastOfSecret = 16, kLeastOfHeader = 12;

constexpr bool is_of_key(char c) { return is_base62(c) || c == '_'; }
constexpr bool is_of_token(char c) { return is_of_key(c) || c == '-' || c == '.'; }

// The characters at the start of `text` that `belongs` is true of.
template <class Belongs>
std::string_view run_of(std::string_view text, Belongs belongs) {
  return text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, belongs) - text.begin()));
}

// How much of `text`, from its start, is a key; 0 for none.
std::size_t key_length(std::string_view text) {
  const std::string_view run = run_of(text, is_of_key);
  constexpr std::size_t kSecretAt = kApiKeyPrefix.size() + kApiKeyIdLength + 1;
  if (!run.starts_with(kApiKeyPrefix) || run.size() < kSecretAt + kLeastOfSecret || run[kSecretAt - 1] != '_') return 0;
  return run.size();
}

std::size_t token_length(std::string_view text) {
  const std::string_view run = run_of(text, is_of_token);
  const std::size_t dot = run.find('.');
  if (!run.starts_with(kJwtPrefix) || dot == std::string_view::npos || dot < kLeastOfHeader) return 0;
  return run.size();
}

}  // namespace

std::string mask_credentials(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kApiKeyPrefix), text.find(kJwtPrefix));
    if (at == std::string_view::npos) break;
    out += text.substr(0, at);
    text.remove_prefix(at);
    static_assert(kApiKeyPrefix.size() == kJwtPrefix.size());
    out += text.substr(0, kJwtPrefix.size());
    const std::size_t secret = std::max(key_length(text), token_length(text));
    if (secret > 0) out += "…";
    text.remove_prefix(std::max(secret, kJwtPrefix.size()));
  }
  return out.append(text);
}

}  // namespace quivive::auth
