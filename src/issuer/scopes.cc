#include "issuer/scopes.h"

#include "base/words.h"
#include "store/record_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace quivive::issuer {

bool has_scope(const std::vector<std::string>& scopes, std::string_view scope) { return std::ranges::find(scopes, scope) != scopes.end(); }

Result<std::vector<std::string>, Refusal> grant_scopes(std::string_view wanted, const std::vector<std::string>& most) {
  std::vector<std::string> out;
  const auto words = split(wanted);
  // OpenID Connect Core section 3.1.2.1: what most clients ask for by themselves, and nothing here gives.
  constexpr std::array<std::string_view, 5> kIgnored = {"profile", "email", "address", "phone", "offline_access"};
  const bool openid = has_scope(words, "openid");
  for (const std::string& scope : words) {
    if (scope.empty() || has_scope(out, scope)) continue;
    if (!store::is_scope_token(scope)) return Refusal{OAuthError::InvalidScope, "a scope holds a character that scopes cannot hold"};
    if (openid && !has_scope(most, scope) && std::ranges::find(kIgnored, scope) != kIgnored.end()) continue;
    if (!has_scope(most, scope)) return Refusal{OAuthError::InvalidScope, fmt::format("the client may not ask for the scope {}", scope)};
    out.push_back(scope);
  }
  return out.empty() ? most : std::move(out);
}

}  // namespace quivive::issuer
