#include "gateway/outcome_cache.h"

#include <bit>
#include <cstring>

namespace quivive::gateway {

OutcomeCache::OutcomeCache(const Secret& key, std::size_t entries)
    : hash_(key), slots_(entries == 0 ? 0 : std::bit_ceil(std::max<std::size_t>(entries, kWays))), mask_(slots_.size() / kWays - 1) {}

OutcomeCache::Slot* OutcomeCache::bucket(const Key& key) {
  std::uint64_t index;
  std::memcpy(&index, key.data(), sizeof index);
  return &slots_[(index & mask_) * kWays];
}

Remembered* OutcomeCache::find(const Key& key, Instant now) {
  if (slots_.empty()) return nullptr;
  Slot* slots = bucket(key);
  for (std::size_t i = 0; i < kWays; ++i) {
    Slot& slot = slots[i];
    if (slot.used == 0 || slot.key != key) continue;  // keyed digests: timing tells nothing about a credential
    if (now >= slot.value.until) {
      slot = Slot{};
      return nullptr;
    }
    slot.used = ++tick_ == 0 ? tick_ = 1 : tick_;
    return &slot.value;
  }
  return nullptr;
}

void OutcomeCache::put(const Key& key, Remembered value) {
  if (slots_.empty()) return;
  Slot* slots = bucket(key);
  Slot* oldest = slots;
  for (std::size_t i = 0; i < kWays; ++i) {
    // The key's own slot goes before an empty one: a second copy would bring back what this one replaces.
    if (slots[i].used != 0 && slots[i].key == key) {
      oldest = &slots[i];
      break;
    }
    if (slots[i].used < oldest->used) oldest = &slots[i];  // an empty slot is older than any
  }
  tick_ = tick_ + 1 == 0 ? 1 : tick_ + 1;
  *oldest = Slot{key, tick_, std::move(value)};
}

void OutcomeCache::clear() {
  for (Slot& slot : slots_) slot = Slot{};
}

}  // namespace quivive::gateway
