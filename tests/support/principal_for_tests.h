#pragma once
// Principals without a proof, for tests of what comes after one.

#include "auth/principal.h"

#include <memory>
#include <string>
#include <vector>

namespace quivive::auth {

// IdentityView's content, owned.
struct Identity {
  Scheme scheme = Scheme::Bearer;
  std::string subject{};
  std::string issuer{};
  std::string key_id{};
  std::string token_id{};
  std::optional<Instant> issued_at{};
  std::vector<std::string> scopes{};
  std::vector<std::string> roles{};
  std::vector<KeptClaim> claims{};
};

struct PrincipalForTests {
  [[nodiscard]] static std::shared_ptr<const Principal> make(const Identity& identity, Basis basis = {}) {
    const std::vector<std::string_view> scopes(identity.scopes.begin(), identity.scopes.end());
    const std::vector<std::string_view> roles(identity.roles.begin(), identity.roles.end());
    const IdentityView view{identity.scheme, identity.subject, identity.issuer, identity.key_id, identity.token_id, identity.issued_at, scopes, roles};
    return std::make_shared<const Principal>(Principal::Voucher{}, view, std::move(basis), identity.claims);
  }
};

}  // namespace quivive::auth
