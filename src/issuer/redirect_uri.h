#pragma once
// Redirect URIs of clients (OAuth 2.1 section 2.3).

#include "base/result.h"

#include <string_view>

namespace quivive::issuer {

// What a client may be made with: https; http on a loopback address; a private scheme with a dot in it, as com.example.app:/back
// (RFC 8252 section 7.1). An absolute URI without a fragment.
[[nodiscard]] Result<void> check_redirect_uri(std::string_view uri);

// Whether what a request names is the registered one: byte for byte, but for the port of http on a loopback address (RFC 8252
// section 7.3).
[[nodiscard]] bool same_redirect_uri(std::string_view registered, std::string_view wanted);

}  // namespace quivive::issuer
