#include "auth/lockout.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace quivive::auth {
namespace {

constexpr std::size_t kLongestName = 256;  // octets kept of a name that a stranger made up

std::string_view kept(std::string_view user) {
  if (user.size() <= kLongestName) return user;
  user = user.substr(0, kLongestName);
  // Not in the middle of a character: the name is shown, and sent as JSON.
  for (int i = 0; i < 4 && !is_valid_utf8(user); ++i) user.remove_suffix(1);
  return user;
}

}  // namespace

// Under what a guess is counted: the kind, the network, a line feed, the user.
struct Lockouts::Tally {
  std::string pair, network, user;

  explicit Tally(const Guess& guess)
      : pair("p" + guess.place + '\n'), network("n" + guess.network + '\n'), user("u\n") {
    pair += kept(guess.user);
    user += kept(guess.user);
  }

  struct Parts {
    Kind kind;
    std::string_view network, user;
  };
  static Parts parts(std::string_view key) {
    const Kind kind = key.front() == 'p' ? Kind::Pair : key.front() == 'n' ? Kind::Network : Kind::User;
    const std::size_t end = key.find('\n');
    return {kind, key.substr(1, end - 1), key.substr(end + 1)};
  }
};

std::uint32_t Lockouts::limit(Kind kind) const {
  switch (kind) {
    case Kind::Pair: return limits_.failures;
    case Kind::Network: return limits_.network_failures;
    case Kind::User: return limits_.user_failures;
    case Kind::Lasting: break;
  }
  return kLasting * limits_.failures;
}

Duration Lockouts::share(Kind kind) const { return std::max<Duration>(std::chrono::milliseconds(1), limits_.window / limit(kind)); }

void Lockouts::set_limits(const LockoutLimits& limits) {
  const std::scoped_lock lock(mutex_);
  if (limits.window != limits_.window) {  // what was counted by the old one would have to wait by the new one
    young_.clear();
    old_.clear();
  }
  limits_ = limits;
  // By other limits others may have to wait: whoever is counted at all is looked at until that has decayed.
  Instant latest{};
  for (const Counts* counts : {&young_, &old_}) {
    for (const auto& [key, count] : *counts) latest = std::max({latest, count.empty, count.lasting});
  }
  any_until_.store(latest.time_since_epoch().count(), std::memory_order_relaxed);
}

Lockouts::Count* Lockouts::find(const std::string& key) {
  if (const auto young = young_.find(key); young != young_.end()) return &young->second;
  const auto old = old_.find(key);
  return old == old_.end() ? nullptr : &old->second;
}

Duration Lockouts::until_heard(Instant empty, Kind kind, Instant now) const {
  if (limit(kind) == 0) return Duration{0};
  return std::max(Duration{0}, empty - now - share(kind) * (limit(kind) - 1));
}

Duration Lockouts::remaining(const Count& count, Kind kind, Instant now) const {
  const Duration wait = until_heard(count.empty, kind, now);
  return kind == Kind::Pair ? std::max(wait, until_heard(count.lasting, Kind::Lasting, now)) : wait;
}

// Over all counts that concern the guess; as if tries that are under way had not been, where `without_flights`.
Duration Lockouts::longest(const Tally& tally, bool familiar, bool without_flights, Instant now) {
  const auto of = [&](const std::string& key, Kind kind) {
    const Count* found = find(key);
    if (found == nullptr || limit(kind) == 0) return Duration{0};
    Count count = *found;
    if (const auto flying = flights_.find(key); without_flights && flying != flights_.end()) take_back(count, kind, flying->second);
    return remaining(count, kind, now);
  };
  Duration out = of(tally.pair, Kind::Pair);
  if (familiar) return out;
  return std::max({out, of(tally.network, Kind::Network), of(tally.user, Kind::User)});
}

Lockouts::Wait Lockouts::wait_locked(const Tally& tally, bool familiar, Instant now) {
  Wait out;
  out.time = longest(tally, familiar, false, now);
  if (out.time == Duration{0}) return out;
  out.unless_familiar = !familiar && longest(tally, true, false, now) == Duration{0};
  out.busy = longest(tally, familiar, true, now) == Duration{0};
  return out;
}

Lockouts::Wait Lockouts::wait(const Guess& guess, Instant now) {
  const Tally tally(guess);
  const std::scoped_lock lock(mutex_);
  return wait_locked(tally, guess.familiar, now);
}

Lockouts::Wait Lockouts::begin(const Guess& guess, Instant now) {
  const Tally tally(guess);
  const std::scoped_lock lock(mutex_);
  turn(now);
  latest_ = std::max(latest_, now);
  const Wait wait = wait_locked(tally, guess.familiar, now);
  if (wait.time > Duration{0}) return wait;
  add(tally.pair, Kind::Pair, now);
  add(tally.network, Kind::Network, now);
  add(tally.user, Kind::User, now);
  for (const std::string* key : {&tally.pair, &tally.network, &tally.user}) ++flights_[*key];
  return wait;
}

void Lockouts::end(const Guess& guess, GuessResult result) {
  const Tally tally(guess);
  const std::scoped_lock lock(mutex_);
  for (const std::string* key : {&tally.pair, &tally.network, &tally.user}) {
    if (const auto flying = flights_.find(*key); flying != flights_.end() && --flying->second == 0) flights_.erase(flying);
  }
  if (result == GuessResult::Wrong) return;
  take_back(tally.network, Kind::Network);
  take_back(tally.user, Kind::User);
  take_back(tally.pair, Kind::Pair);
  if (result == GuessResult::Right) forgive(tally.pair);
}

void Lockouts::forgive(const std::string& pair) {
  Count* count = find(pair);
  if (count == nullptr) return;
  count->empty = Instant{};
  if (count->lasting > latest_) return;
  young_.erase(pair);
  old_.erase(pair);
}

void Lockouts::turn(Instant now) {
  const bool full = young_.size() >= capacity_;
  if (now - turned_ < limits_.window && !full) return;
  Counts gone = std::exchange(old_, std::exchange(young_, Counts{}));
  turned_ = now;
  if (!full) return;  // a window has passed: nothing in it counts any more
  // Threat: names without end, to push out the counts of those who wait. A network that waits adds none; who waits is carried over.
  for (const auto& [key, count] : gone) {
    if (young_.size() >= capacity_ / 2) break;
    if (remaining(count, Tally::parts(key).kind, now) > Duration{0} && !old_.contains(key)) young_.emplace(key, count);
  }
}

void Lockouts::add(const std::string& key, Kind kind, Instant now) {
  if (limit(kind) == 0) return;
  Count count;
  if (const Count* before = find(key)) count = *before;
  old_.erase(key);
  count.empty = std::max(count.empty, now) + share(kind);
  if (kind == Kind::Pair) count.lasting = std::max(count.lasting, now) + share(Kind::Lasting);
  young_[key] = count;
  const Duration wait = remaining(count, kind, now);
  if (wait <= Duration{0}) return;
  const Instant::rep until = (now + wait).time_since_epoch().count();
  if (until > any_until_.load(std::memory_order_relaxed)) any_until_.store(until, std::memory_order_relaxed);
}

void Lockouts::take_back(Count& count, Kind kind, std::uint32_t failures) const {
  count.empty -= share(kind) * failures;
  if (kind == Kind::Pair) count.lasting -= share(Kind::Lasting) * failures;
}

void Lockouts::take_back(const std::string& key, Kind kind) {
  if (limit(kind) == 0) return;
  if (Count* count = find(key)) take_back(*count, kind);
}

std::vector<Lockouts::Locked> Lockouts::list(Instant now, std::size_t most) {
  std::vector<Locked> out;
  const std::scoped_lock lock(mutex_);
  for (const Counts* counts : {&young_, &old_}) {
    for (const auto& [key, count] : *counts) {
      if (out.size() >= most) return out;
      const auto [kind, network, user] = Tally::parts(key);
      const Duration wait = remaining(count, kind, now);
      if (wait > Duration{0}) out.push_back({std::string(user), std::string(network), now + wait});
    }
  }
  return out;
}

std::size_t Lockouts::clear(std::string_view user, std::string_view network) {
  const std::string_view name = kept(user);
  const auto matches = [&](const auto& entry) {
    const auto [kind, its_network, its_user] = Tally::parts(entry.first);
    const bool by_user = user.empty() || (kind != Kind::Network && its_user == name);
    return by_user && (network.empty() || (kind != Kind::User && its_network == network));
  };
  const std::scoped_lock lock(mutex_);
  return std::erase_if(young_, matches) + std::erase_if(old_, matches);
}

}  // namespace quivive::auth
