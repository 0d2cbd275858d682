#pragma once
// Credentials in a text where none belongs, a URL's path say, made unreadable for the log and `explain`.

#include "auth/api_key_format.h"

#include <string>
#include <string_view>

namespace quivive::auth {

// What a JOSE header begins with in base64url: `{"`.
inline constexpr std::string_view kJwtPrefix = "eyJ";

// A glance. False: mask_credentials() would change nothing.
[[nodiscard]] inline bool may_hold_credential(std::string_view text) {
  return text.find(kApiKeyPrefix) != std::string_view::npos || text.find(kJwtPrefix) != std::string_view::npos;
}

// With what has the shape of an API key of ours as `qv_…`, and of a JWT as `eyJ…`. The shape is enough, the checksum is not asked: a key
// that was cut or mistyped in one place gives the rest away.
[[nodiscard]] std::string mask_credentials(std::string_view text);

}  // namespace quivive::auth
