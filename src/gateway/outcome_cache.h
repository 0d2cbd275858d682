#pragma once
// OutcomeCache: what a worker remembers of credentials that it verified. One for each worker, so no lock; a table of
// fixed size, and a bound on what its entries hold, so no growth. The key is a keyed digest of the credential: the table never holds one. Whether what is
// remembered still holds is for auth::accept_remembered to say.

#include "auth/principal.h"
#include "auth/schemes/digest.h"
#include "base/secret.h"
#include "crypto/digest.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::gateway {

struct Remembered {
  std::shared_ptr<const auth::Principal> principal{};
  std::pmr::string identity{};  // header lines for the upstream, ready to send
  Instant until{};       // not used at or after
  // `identity` may hold an assertion, which expires and is for one upstream.
  Instant identity_until = Instant::max();
  std::size_t identity_upstream = 0;
  std::shared_ptr<const auth::DigestUser> digest_user{};  // Digest: what a response is checked with
  std::size_t place = 0;  // Basic, Digest: the network that the proof came from, as SignIn::place() numbers it
  Instant touched{};     // when the store was last told of this key's use
};

class OutcomeCache {
 public:
  using Key = crypto::Sha256Digest;

  // Octets that an entry may take, over all entries. One of a token with few claims takes about 600.
  static constexpr std::size_t kBytesPerEntry = 1024;
  static constexpr std::size_t kLeastBytes = 256 * 1024;  // a small table may hold a few large ones
  [[nodiscard]] static std::size_t most_bytes(std::size_t entries) { return entries == 0 ? 0 : std::max(entries * kBytesPerEntry, kLeastBytes); }

  // `key` is random and of this process: digests mean nothing elsewhere. `entries` is rounded up to a power of two; 0: nothing is remembered.
  // Entries lie in `memory`, which outlives the cache.
  OutcomeCache(const Secret& key, std::size_t entries, std::pmr::memory_resource* memory = std::pmr::new_delete_resource());
  OutcomeCache(OutcomeCache&&) noexcept = default;
  OutcomeCache& operator=(OutcomeCache&&) = delete;
  ~OutcomeCache() { clear(); }

  // `context` separates what must not be mistaken for each other; always of the same length (the octet of auth::OutcomeKey).
  [[nodiscard]] Key key_of(std::string_view context, std::string_view credential) { return hash_(context, credential); }

  // The entry, or nullptr. Valid until the next put() or clear().
  [[nodiscard]] Remembered* find(const Key& key, Instant now);
  void put(const Key& key, Remembered value);
  // Where what an entry holds should lie.
  [[nodiscard]] std::pmr::memory_resource* memory() const { return memory_.resource(); }
  void clear();
  // Octets that the entries take, roughly. More than the bound only while one entry does so alone.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kWays = 4;
  struct Slot {
    Key key{};
    std::uint32_t used = 0;  // tick of the last use; 0 for an empty slot
    std::uint32_t bytes = 0;
    Remembered* value = nullptr;  // apart: empty slots, of which there are many at first, must cost little
  };
  [[nodiscard]] Slot* bucket(const Key& key);
  void drop(Slot& slot);
  void make_room(const Slot& kept);

  std::pmr::polymorphic_allocator<> memory_;
  crypto::HmacSha256 hash_;
  std::vector<Slot> slots_;
  std::size_t mask_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::size_t hand_ = 0;  // the slot that has to make room next
  std::uint32_t tick_ = 0;
};

}  // namespace quivive::gateway
