#pragma once
// Revocation (RFC 7009) and introspection (RFC 7662) of the tokens that the service issued.

#include "issuer/exchange.h"
#include "issuer/service.h"

namespace quivive::issuer {

// POST. A refresh token ends with its whole family, access tokens included; an access token ends alone. A token that is unknown, expired or another
// client's is answered as one that was revoked (section 2.2): what the client wanted is true.
[[nodiscard]] Answer answer_revocation(const Service& service, const Request& request);

// POST, for clients that prove who they are: an access token of anybody, a refresh token of their own.
[[nodiscard]] Answer answer_introspection(const Service& service, const Request& request);

}  // namespace quivive::issuer
