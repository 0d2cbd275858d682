#include "digest/nonce_counts.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace quivive::digest {
namespace counts_detail {

struct IdHash {
  std::size_t operator()(const NonceId& id) const {
    // The mint's number and its count make all the difference; the map mixes them.
    std::uint64_t count = 0;
    std::uint16_t number = 0;
    std::memcpy(&number, id.data(), sizeof number);
    std::memcpy(&count, id.data() + sizeof number, sizeof count);
    return static_cast<std::size_t>(count ^ std::uint64_t{number} << 32);
  }
};

struct Generation {
  boost::unordered_flat_map<NonceId, CountWindow, IdHash> counts;
  Instant latest = Instant::min();  // that a nonce in it was issued
};

}  // namespace counts_detail

using counts_detail::Generation;

// Two generations: an entry that is used moves to the younger, and the older is dropped whole. So an entry outlives its last use by
// a lifetime, and forgetting costs nothing for each. Threat: what is dropped would be fresh again. So no nonce counts that was
// issued when one that was dropped was, or before: whatever the clocks, lifetimes and delays of callers do.
struct NonceCounts::Shard {
  mutable std::mutex mutex;
  Generation young, old;
  Instant turned{};                    // when `young` began
  Instant forgotten = Instant::min();  // nonces issued until then are not known here any more
};

NonceCounts::NonceCounts(Duration lifetime, std::size_t capacity)
    : lifetime_(lifetime), capacity_(std::max<std::size_t>(1, capacity / kShards / 2)), shards_(std::make_unique<std::array<Shard, kShards>>()) {}
NonceCounts::~NonceCounts() = default;

NonceClaim NonceCounts::claim(const Nonce& nonce, std::uint32_t count, Instant now) {
  Shard& shard = (*shards_)[nonce.id.back() % kShards];  // the last octet counts up
  const std::scoped_lock lock(shard.mutex);
  const Duration lifetime = lifetime_.load(std::memory_order_relaxed);
  if (shard.young.counts.size() >= capacity_ || now - shard.turned >= lifetime) {
    shard.forgotten = std::max(shard.forgotten, shard.old.latest);
    shard.old = std::exchange(shard.young, Generation{});
    shard.turned = now;
  }
  if (nonce.issued <= shard.forgotten) return NonceClaim::Forgotten;
  auto& young = shard.young.counts;
  auto at = young.find(nonce.id);
  if (at == young.end()) {
    CountWindow used;
    if (const auto before = shard.old.counts.find(nonce.id); before != shard.old.counts.end()) {
      used = before->second;
      shard.old.counts.erase(before);
    }
    at = young.emplace(nonce.id, used).first;
    shard.young.latest = std::max(shard.young.latest, nonce.issued);
  }
  return at->second.claim(count);
}

std::size_t NonceCounts::size() const {
  std::size_t all = 0;
  for (const Shard& shard : *shards_) {
    const std::scoped_lock lock(shard.mutex);
    all += shard.young.counts.size() + shard.old.counts.size();
  }
  return all;
}

}  // namespace quivive::digest
