#include "gateway/outcome_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace quivive::gateway {

namespace {

std::size_t size_of(const Remembered& value) {
  return sizeof value + value.identity.capacity() + (value.principal ? value.principal->footprint() : 0);
}

}  // namespace

OutcomeCache::OutcomeCache(const Secret& key, std::size_t entries, std::pmr::memory_resource* memory)
    : memory_(memory),
      hash_(key),
      slots_(entries == 0 ? 0 : std::bit_ceil(std::max<std::size_t>(entries, kWays))),
      mask_(slots_.size() / kWays - 1),
      most_bytes_(most_bytes(entries)) {}

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
    if (now >= slot.value->until) {
      drop(slot);
      return nullptr;
    }
    slot.used = ++tick_ == 0 ? tick_ = 1 : tick_;
    return slot.value;
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
  const auto bytes = static_cast<std::uint32_t>(std::min<std::size_t>(size_of(value), UINT32_MAX));
  Remembered* const made = memory_.new_object<Remembered>(std::move(value));  // may throw: the slot is whole until then
  if (oldest->used != 0) drop(*oldest);
  *oldest = {key, tick_, bytes, made};
  bytes_ += bytes;
  if (bytes_ > most_bytes_) make_room(*oldest);
}

// Threat: tokens with hundreds of roles, each of them good, until the memory is gone. Which entries go is as random as
// their keys; over time every slot has its turn.
void OutcomeCache::make_room(const Slot& kept) {
  for (std::size_t i = 0; i < slots_.size() && bytes_ > most_bytes_; ++i) {
    Slot& slot = slots_[hand_++ & (slots_.size() - 1)];
    if (&slot != &kept && slot.used != 0) drop(slot);
  }
}

void OutcomeCache::drop(Slot& slot) {
  bytes_ -= slot.bytes;
  memory_.delete_object(slot.value);
  slot = Slot{};
}

void OutcomeCache::clear() {
  for (Slot& slot : slots_) {
    if (slot.used != 0) drop(slot);
  }
}

}  // namespace quivive::gateway
