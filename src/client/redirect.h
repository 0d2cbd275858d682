#pragma once
// Redirects (RFC 9110 section 15.4): where to, with which method, and what of the caller's own may go there.

#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::client {

// 301, 302, 303, 307, 308.
[[nodiscard]] bool is_redirect(std::uint16_t status);

// 303 turns all but HEAD into GET; 301 and 302 turn POST into GET, as all clients have done since (sections 15.4.2 to 15.4.4).
[[nodiscard]] std::string_view redirected_method(std::uint16_t status, std::string_view method);

// Fields that describe the body, which has gone with the method (RFC 9110 section 15.4, item 4; Fetch standard, HTTP-redirect fetch).
[[nodiscard]] bool describes_body(std::string_view field);

// Whether a caller's own field is one of those that are known to hold a credential.
[[nodiscard]] bool is_credential_field(std::string_view field);

// Whether a caller's own field may go to another origin than the one that it was meant for. A list of those that may: any other may be a key, under
// whatever name.
[[nodiscard]] bool travels(std::string_view field);

}  // namespace quivive::client
