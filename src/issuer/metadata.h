#pragma once
// What clients find out by themselves: metadata (RFC 8414, OpenID Connect Discovery 1.0) and the key set.

#include "issuer/exchange.h"
#include "issuer/service.h"

namespace quivive::issuer {

[[nodiscard]] JsonObject metadata(const Settings& settings, const KeyRing& keys);
// GET of either metadata document.
[[nodiscard]] Answer answer_metadata(const Service& service);
// GET of the JWK set; cached for as long as a key is published before it signs, or less.
[[nodiscard]] Answer answer_jwks(const Service& service);

}  // namespace quivive::issuer
