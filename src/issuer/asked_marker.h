#pragma once
// Where a client wants its user to sign in anew (prompt=login, max_age), the way to the login page and back carries since when: a
// sign-in after that counts, for that one request, once. Under a MAC. Threat: a user, or whoever sits at their browser, who makes an
// older sign-in pass for a new one, or one sign-in for several.

#include "issuer/key_ring.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::issuer {

inline constexpr std::string_view kAskedParameter = "quivive_asked";
inline constexpr Duration kAskedLifetime = std::chrono::minutes(10);  // to sign in

struct AskedToSignIn {
  Instant at;
  std::string id;  // of the marker, to be claimed: it counts once
};

// For a request at `now`; `request` is all that it asks for, as a text.
[[nodiscard]] std::string asked_marker(const KeyRing& keys, std::string_view request, Instant now);
// Nothing for a marker that is not ours, of another request, or too old.
[[nodiscard]] std::optional<AskedToSignIn> read_asked_marker(const KeyRing& keys, std::string_view request, std::string_view marker, Instant now);

}  // namespace quivive::issuer
