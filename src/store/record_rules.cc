#include "store/record_rules.h"

#include <algorithm>

namespace quivive::store {

bool is_scope_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

Result<void> check_record(const UserRecord& user) {
  if (user.name.empty()) return error("a user needs a name");
  if (!std::all_of(user.roles.begin(), user.roles.end(), is_scope_token)) {
    return error("a role is printable ASCII without spaces, quotes and backslashes");
  }
  return {};
}

Result<void> check_record(const KeyRecord& key) {
  if (key.id.empty()) return error("a key needs an id");
  if (key.digest.size() != 32) return error("a key's digest has 32 bytes, not {}", key.digest.size());
  if (!std::all_of(key.scopes.begin(), key.scopes.end(), is_scope_token)) {
    return error("a scope is printable ASCII without spaces, quotes and backslashes");
  }
  return {};
}

Result<void> check_record(const Revocation& revocation) {
  if (revocation.issuer.empty()) return error("a revocation needs an issuer");
  const bool names_something = revocation.kind != RevocationKind::IssuedBefore;
  if (names_something == revocation.value.empty()) {
    return names_something ? error("a revocation by jti or subject needs a value") : error("a revocation by time has no value");
  }
  return {};
}

Revocation wider(const Revocation& a, const Revocation& b) {
  Revocation out = a;
  out.cutoff = std::max(a.cutoff, b.cutoff);
  out.created = std::min(a.created, b.created);
  out.forget = a.forget && b.forget ? std::optional(std::max(*a.forget, *b.forget)) : std::nullopt;
  return out;
}

}  // namespace quivive::store
