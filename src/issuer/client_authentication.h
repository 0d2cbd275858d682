#pragma once
// Who is asking at the token, revocation and introspection endpoints (RFC 6749 section 2.3, RFC 7523 section 2.2).

#include "issuer/exchange.h"
#include "issuer/parameters.h"
#include "issuer/settings.h"
#include "store/oauth_ports.h"

#include <array>
#include <string_view>

namespace quivive::issuer {

// The parameters that it reads.
inline constexpr std::array<std::string_view, 4> kClientParameters = {"client_id", "client_secret", "client_assertion_type", "client_assertion"};

// The client that proved who it is, by exactly one of: Authorization: Basic, client_secret in the body, a signed assertion,
// or its name alone where it was made without a secret. InvalidClient tells nobody whether a client of that name exists.
// Writes to the store only to claim the jti of an assertion whose signature holds.
[[nodiscard]] Result<store::ClientRecord, Refusal> authenticate_client(store::OAuthStore& store, const Settings& settings, const Request& request,
                                                                       const Parameters& parameters);

}  // namespace quivive::issuer
