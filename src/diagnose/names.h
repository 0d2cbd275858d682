#pragma once
// Names that tell what a field, parameter, cookie or scheme is for. Data, with the comparison that fits.

#include "diagnose/url.h"

#include <string_view>

namespace quivive::diagnose {

// Names of header fields, query parameters and form members under which keys and tokens travel: "X-API-Key",
// "access_token". Compared without case, '-' and '_' alike.
[[nodiscard]] bool is_key_name(std::string_view name);
// Names of form and JSON members whose values are secrets: "password", "client_secret", "refresh_token".
[[nodiscard]] bool is_secret_member(std::string_view name);
// Of those, what a person chose, or what is as guessable: "password", "client_secret".
[[nodiscard]] bool is_password_name(std::string_view name);
// A cookie that carries a session or a token, rather than a preference or analytics.
[[nodiscard]] bool is_session_cookie(std::string_view name);
// Schemes of the registry, and those that vendors made up: "Bearer", "Token", "SSWS".
[[nodiscard]] bool is_known_scheme(std::string_view word);
[[nodiscard]] bool looks_like_login_url(const Url& url);

}  // namespace quivive::diagnose
