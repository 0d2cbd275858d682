#include "store/nonce_table.h"

#include <algorithm>

namespace quivive::store {

Secret NonceTable::master(const Secret& proposal, Instant now) {
  const bool was_ahead = forgotten_ > now + kNonceClockSlack;
  if (was_ahead) {
    by_age_.clear();
    counts_.clear();
    forgotten_ = now;
  }
  if (was_ahead || master_.empty()) master_ = proposal;
  return master_;
}

CountClaim NonceTable::claim(std::string_view nonce, Instant issued, std::uint32_t count) {
  if (issued <= forgotten_) return CountClaim::Forgotten;
  const auto [at, added] = counts_.try_emplace(std::string(nonce));
  if (added) by_age_.emplace(issued, at->first);
  return at->second.claim(count);
}

std::size_t NonceTable::forget(Instant issued_before, std::size_t most) {
  // Those of one instant go together, or what is dropped of them would be fresh again.
  if (by_age_.size() > most) issued_before = std::max(issued_before, std::next(by_age_.rbegin(), static_cast<std::ptrdiff_t>(most))->first);
  std::size_t dropped = 0;
  for (; !by_age_.empty(); ++dropped) {
    const Instant issued = by_age_.begin()->first;
    if (issued > issued_before) break;
    forgotten_ = issued;
    const auto oldest = counts_.find(by_age_.begin()->second);
    by_age_.erase(by_age_.begin());
    counts_.erase(oldest);
  }
  return dropped;
}

}  // namespace quivive::store
