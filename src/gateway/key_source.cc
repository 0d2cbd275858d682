#include "gateway/key_source.h"

#include <algorithm>

namespace quivive::gateway {

KeySource::Advice KeySource::advise(KeyWish wish, std::string_view kid, Instant now) {
  const bool backing_off = failing_ && last_attempt_ && now - *last_attempt_ < settings_.retry;
  if (!usable(now)) {
    // The first fetch does not count against the budget.
    return backing_off && !in_flight_ ? Advice::Unavailable : Advice::Fetch;
  }
  if (wish == KeyWish::NeverFetched) return Advice::UseCurrent;
  if (in_flight_) return Advice::Fetch;
  if (const auto known = answered_kids_.find(std::string(kid)); known != answered_kids_.end() && now < known->second) {
    return Advice::UseCurrent;
  }
  // An unknown kid proves nothing while the issuer is out of reach: the key may be new, and the outage is not the client's.
  if (backing_off) return wish == KeyWish::UnknownKid ? Advice::Unavailable : Advice::UseCurrent;
  // Nor while the budget is spent. Threat: strangers who spend it would have good tokens of a new key refused as if they were wrong.
  if (!spend(now)) return wish == KeyWish::UnknownKid ? Advice::Unavailable : Advice::UseCurrent;
  return Advice::Fetch;
}

bool KeySource::due(Instant now, double jitter) const {
  if (in_flight_) return false;
  if (!last_attempt_) return true;
  if (failing_) {
    const auto wait = std::min<Duration>(settings_.retry * (1 << std::min(failures_ - 1, 6)), std::chrono::minutes(5));
    return now - *last_attempt_ >= wait;
  }
  const auto early = std::chrono::duration_cast<Duration>(settings_.refresh * (0.2 * jitter));
  return now - *last_attempt_ >= settings_.refresh - early;
}

bool KeySource::usable(Instant now) const {
  if (!last_success_) return false;
  const Duration age = now - *last_success_;
  // What was restored has not been fetched yet, and what failed is past its refresh: there only max_stale counts.
  return age < settings_.max_stale || (last_attempt_ && !failing_ && age < 2 * settings_.refresh);
}

bool KeySource::spend(Instant now) {
  while (budget_ < settings_.budget && now - refilled_ >= settings_.budget_refill) {
    ++budget_;
    refilled_ += settings_.budget_refill;
  }
  if (budget_ == settings_.budget) refilled_ = now;
  if (budget_ == 0) return false;
  --budget_;
  return true;
}

void KeySource::fetch_succeeded(Instant now) {
  in_flight_ = failing_ = false;
  failures_ = 0;
  last_success_ = last_attempt_ = now;
}

void KeySource::fetch_failed(Instant now) {
  in_flight_ = false;
  failing_ = true;
  ++failures_;
  last_attempt_ = now;
}

void KeySource::answered(std::string_view kid, Instant now) {
  if (answered_kids_.size() >= kMaxKids) std::erase_if(answered_kids_, [&](const auto& entry) { return entry.second <= now; });
  if (answered_kids_.size() >= kMaxKids) return;  // the budget still bounds the fetches
  answered_kids_[std::string(kid)] = now + settings_.kid_memory;
}

}  // namespace quivive::gateway
