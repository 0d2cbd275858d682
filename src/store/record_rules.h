#pragma once
// What every store agrees on about records, so that a backend only stores: which records are refused, and which of two
// revocations is the wider one.

#include "base/result.h"
#include "store/records.h"

#include <string_view>

namespace quivive::store {

// scope-token of RFC 6749 section 3.3: printable ASCII without space, '"' and '\'; not empty. Roles follow it too.
// Threat: scopes and roles travel to the upstream as space-separated lists, where a space would smuggle in another one.
[[nodiscard]] bool is_scope_token(std::string_view text);

// Refuses an empty name and roles that are not scope-tokens. The bytes of the name are free.
[[nodiscard]] Result<void> check_record(const UserRecord& user);
// Refuses an empty id, a digest that is not 32 bytes, and scopes that are not scope-tokens.
[[nodiscard]] Result<void> check_record(const KeyRecord& key);
// Refuses an empty issuer, an empty value for TokenId and Subject, and a value for IssuedBefore.
[[nodiscard]] Result<void> check_record(const Revocation& revocation);

// Both name the same issuer, kind and value: the later cut-off, the longer memory, the earlier creation.
[[nodiscard]] Revocation wider(const Revocation& a, const Revocation& b);

// The unit in which KeyRecord::last_used is kept.
[[nodiscard]] constexpr Instant to_minute(Instant t) {
  return Instant{std::chrono::floor<std::chrono::minutes>(t).time_since_epoch()};
}

}  // namespace quivive::store
