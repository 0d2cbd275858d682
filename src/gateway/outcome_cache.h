#pragma once
// OutcomeCache: what a worker remembers of credentials that it verified. One for each worker, so no lock; a table of
// fixed size, so no growth. The key is a keyed digest of the credential: the table never holds one. Whether what is
// remembered still holds is for auth::accept_remembered to say.

#include "auth/principal.h"
#include "base/secret.h"
#include "crypto/digest.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::gateway {

struct Remembered {
  std::shared_ptr<const auth::Principal> principal;
  std::string identity;  // header lines for the upstream, ready to send
  Instant until{};       // not used at or after
  // `identity` may hold an assertion, which expires and is for one upstream.
  Instant identity_until = Instant::max();
  std::size_t identity_upstream = 0;
  Instant touched{};     // when the store was last told of this key's use
};

class OutcomeCache {
 public:
  using Key = crypto::Sha256Digest;

  // `key` is random and of this process: digests mean nothing elsewhere. `entries` is rounded up to a power of two; 0: nothing is remembered.
  OutcomeCache(const Secret& key, std::size_t entries);

  // `context` separates what must not be mistaken for each other; always of the same length (the octet of auth::OutcomeKey).
  [[nodiscard]] Key key_of(std::string_view context, std::string_view credential) { return hash_(context, credential); }

  // The entry, or nullptr. Valid until the next put() or clear().
  [[nodiscard]] Remembered* find(const Key& key, Instant now);
  void put(const Key& key, Remembered value);
  void clear();

 private:
  static constexpr std::size_t kWays = 4;
  struct Slot {
    Key key{};
    std::uint32_t used = 0;  // tick of the last use; 0 for an empty slot
    Remembered value;
  };
  [[nodiscard]] Slot* bucket(const Key& key);

  crypto::HmacSha256 hash_;
  std::vector<Slot> slots_;
  std::size_t mask_;
  std::uint32_t tick_ = 0;
};

}  // namespace quivive::gateway
