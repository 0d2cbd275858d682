#pragma once
// RevocationSet: the revocations of a store as an immutable snapshot that requests ask. Pure; safe to share.

#include "base/text_hash.h"
#include "store/records.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace quivive::store {

class RevocationSet {
 public:
  RevocationSet() = default;
  // Of several revocations with the same issuer, kind and value the widest counts.
  explicit RevocationSet(std::span<const Revocation> revocations);

  // Whether a token of that issuer is refused. `jti` and `subject` are "" where the token lacks the claim, and an empty
  // one is never revoked by name; `issued_at` is `iat` in seconds, rounded down. A token without `iat` is older than any
  // cut-off, so that leaving the claim out is no way around one. Allocates nothing.
  [[nodiscard]] bool revoked(std::string_view issuer, std::string_view jti, std::string_view subject,
                             std::optional<std::int64_t> issued_at) const;

  [[nodiscard]] bool empty() const { return issuers_.empty(); }

 private:
  template <class T>
  using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

  struct Issuer {
    std::unordered_set<std::string, TextHash, std::equal_to<>> token_ids;
    TextMap<std::int64_t> subjects;              // cut-off: first second of `iat` that is accepted
    std::optional<std::int64_t> issued_before;   // likewise
  };
  TextMap<Issuer> issuers_;
};

}  // namespace quivive::store
