#pragma once
// What a key is good for at an instant, in the word that key list shows.

#include "store/records.h"

#include <string_view>

namespace quivive::cli {

// "active"; "rotating": replaced, and good for a while yet; "rotated", "revoked", "expired".
[[nodiscard]] inline std::string_view state_of(const store::KeyRecord& key, Instant now) {
  if (key.revoked && *key.revoked <= now) return key.rotated_to.empty() ? "revoked" : "rotated";
  if (key.expires && *key.expires <= now) return "expired";
  return key.revoked ? "rotating" : "active";
}

// Whether a gateway takes it.
[[nodiscard]] inline bool works(const store::KeyRecord& key, Instant now) {
  const std::string_view state = state_of(key, now);
  return state == "active" || state == "rotating";
}

}  // namespace quivive::cli
