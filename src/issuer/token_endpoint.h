#pragma once
// The token endpoint: a grant for tokens (RFC 6749 section 3.2, OAuth 2.1).

#include "issuer/exchange.h"
#include "issuer/service.h"

namespace quivive::issuer {

// POST. Grants: client_credentials, authorization_code with PKCE, refresh_token with rotation, device_code.
[[nodiscard]] Answer answer_token(const Service& service, const Request& request);

}  // namespace quivive::issuer
