#pragma once
// Where a client wants its user to sign in anew (prompt=login, max_age), the way to the login page and back carries since when: a
// sign-in after that counts. Under a MAC. Threat: a user, or whoever sits at their browser, who makes an older sign-in pass for a new one.

#include "issuer/key_ring.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::issuer {

inline constexpr std::string_view kAskedParameter = "quivive_asked";
inline constexpr Duration kAskedLifetime = std::chrono::hours(1);

// For that client's request, at `now`.
[[nodiscard]] std::string asked_marker(const KeyRing& keys, std::string_view client, Instant now);
// Since when; nothing for a marker that is not ours, of another client, or too old.
[[nodiscard]] std::optional<Instant> read_asked_marker(const KeyRing& keys, std::string_view client, std::string_view marker, Instant now);

}  // namespace quivive::issuer
