#pragma once
// Which counts of which nonces were used (RFC 7616 section 3.4, `nc`): what a replay is told by.

#include "base/clock.h"
#include "base/count_window.h"
#include "digest/nonce.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace quivive::digest {

// Forgotten: stale.
using NonceClaim = CountClaim;

// Shared by all workers; the lock is one of many, held for the look-up of one nonce.
class NonceCounts {
 public:
  // Remembers a nonce for `lifetime` after its last use, at least; and about `capacity` of them, of which the oldest give way. Only a
  // right response makes an entry, so that nobody without a password can push others' out.
  explicit NonceCounts(Duration lifetime = std::chrono::minutes(5), std::size_t capacity = 1'000'000);
  NonceCounts(const NonceCounts&) = delete;
  NonceCounts& operator=(const NonceCounts&) = delete;
  ~NonceCounts();

  // Claims `count` of that genuine nonce. One winner among callers that claim the same, however late they come.
  [[nodiscard]] NonceClaim claim(const Nonce& nonce, std::uint32_t count, Instant now);
  // Another lifetime from now on. Nonces that a longer one would bring back to life stay forgotten.
  void set_lifetime(Duration lifetime) { lifetime_.store(lifetime, std::memory_order_relaxed); }
  // Nonces that are remembered.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Shard;
  static constexpr std::size_t kShards = 16;
  std::atomic<Duration> lifetime_;
  std::size_t capacity_;  // of a shard's generation
  std::unique_ptr<std::array<Shard, kShards>> shards_;
};

}  // namespace quivive::digest
