#pragma once
// Scheme: how a request proves who sends it. One list, auth/schemes.def; the order of the rows is the order of challenges.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quivive::auth {

enum class Scheme : std::uint8_t {
#define QUIVIVE_SCHEME(name, ...) name,
#include "auth/schemes.def"
#undef QUIVIVE_SCHEME
};

struct SchemeInfo {
  Scheme scheme;
  std::string_view setting;    // "api_key": configuration, logs, metrics
  std::string_view challenge;  // "ApiKey": WWW-Authenticate and Authorization
};

// Every row, in the order of the enumerators: strongest challenge first.
[[nodiscard]] std::span<const SchemeInfo> all_schemes();
[[nodiscard]] const SchemeInfo& info(Scheme scheme);

// By the setting's name, exactly as spelt.
[[nodiscard]] std::optional<Scheme> scheme_from_setting(std::string_view name);
// By the auth-scheme of an Authorization field, in any case (RFC 9110 section 11.1).
[[nodiscard]] std::optional<Scheme> scheme_from_challenge(std::string_view name);

// The usual spelling of an auth-scheme that is ours, registered (RFC 9110 section 16.4.1) or in wide use, given in any case; "" for any other
// word. Threat: a password in a scheme's place, which an operator would be shown.
[[nodiscard]] std::string_view common_scheme_name(std::string_view name);

}  // namespace quivive::auth
