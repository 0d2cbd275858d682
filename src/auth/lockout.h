#pragma once
// Lockouts: who guessed wrong too often, and has to wait. Counted per user name and network (the pair), per network whatever the name, and
// per user name whatever the network. A right one forgives what its pair has mistyped, up to kLasting times the pair's limit. The last two do not concern a user in a network from which they have signed in before, so that
// nobody can lock users out of their own place by other names, or from elsewhere. Only what a password or a Digest response came to counts, never a missing one.

#include "base/clock.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace quivive::auth {

// Threat: somebody in the network of a user who signs in all the time, whose right ones would forgive guesses without end. A second count of
// the pair goes on through them, and has a limit so many times the pair's.
inline constexpr std::uint32_t kLasting = 3;

struct LockoutLimits {
  std::uint32_t failures = 10;           // of one user name from one network, 0 for no limit
  std::uint32_t network_failures = 100;  // of any user names from one network, 0 for no limit
  std::uint32_t user_failures = 100;     // of one user name from anywhere, 0 for no limit
  Duration window = std::chrono::minutes(15);  // in which a full count has decayed to none
  bool operator==(const LockoutLimits&) const = default;
};

// One try. Networks are texts such as "192.0.2.0/24"; none may hold a line feed.
struct Guess {
  std::string user;     // as sent; any bytes
  std::string place;    // the network that a name's tries are counted with
  std::string network;  // the one that counts whatever the name: `place`, or wider
  bool familiar = false;  // this user has signed in from `place` before
};

enum class GuessResult : std::uint8_t {
  Right,    // what was mistyped before it is forgotten, but for the count that lasts
  Wrong,
  Neither,  // an outage, or a proof that does not count, such as a replay: as if it had not been
};

// Thread-safe: shared by all workers.
class Lockouts {
 public:
  // At most about `capacity` counts, of which the oldest give way.
  explicit Lockouts(std::size_t capacity = 100'000) : capacity_(capacity / 2) {}

  // A window of another length begins with nothing counted.
  void set_limits(const LockoutLimits& limits);  // not on the hot path: looks at every count

  struct Wait {
    Duration time{0};         // until the next try is heard; zero: now
    bool unless_familiar = false;  // a guess from a familiar place would not wait
    bool busy = false;             // tries that are under way, and may yet turn out right, are all that it waits for
  };
  // False as long as nobody at all has to wait: without a lock, for paths that cannot afford one.
  [[nodiscard]] bool any(Instant now) const { return now.time_since_epoch().count() < any_until_.load(std::memory_order_relaxed); }
  [[nodiscard]] Wait wait(const Guess& guess, Instant now);
  // If there is nothing to wait for, takes the try as a wrong one from the start. Threat: guesses sent all at once, each let in before
  // the first has failed. end() with the same guess takes it back, or not.
  [[nodiscard]] Wait begin(const Guess& guess, Instant now);
  void end(const Guess& guess, GuessResult result);

  struct Locked {
    std::string user;     // "" for any
    std::string network;  // "" for wherever the user has not signed in from
    Instant until{};      // one more try is heard then
    bool operator==(const Locked&) const = default;
  };
  // Those who wait now, at most `most`, in no order.
  [[nodiscard]] std::vector<Locked> list(Instant now, std::size_t most = 500);
  // Forgets what was counted of that user, or of that network and everybody in it; of all where both are "". How many counts.
  std::size_t clear(std::string_view user, std::string_view network);

 private:
  enum class Kind : std::uint8_t { Pair, Network, User, Lasting };
  // As a bucket that fills with each failure and leaks: the instant at which it will be empty (GCRA).
  struct Count {
    Instant empty{};
    Instant lasting{};  // of a pair: the bucket that right ones do not empty
  };
  using Counts = std::unordered_map<std::string, Count>;
  struct Tally;

  [[nodiscard]] std::uint32_t limit(Kind kind) const;
  [[nodiscard]] Duration share(Kind kind) const;  // what one failure fills, at least a millisecond
  [[nodiscard]] Count* find(const std::string& key);
  [[nodiscard]] Duration until_heard(Instant empty, Kind kind, Instant now) const;
  [[nodiscard]] Duration remaining(const Count& count, Kind kind, Instant now) const;
  [[nodiscard]] Wait wait_locked(const Tally& tally, bool familiar, Instant now);
  [[nodiscard]] Duration longest(const Tally& tally, bool familiar, bool without_flights, Instant now);
  void add(const std::string& key, Kind kind, Instant now);
  void take_back(Count& count, Kind kind, std::uint32_t failures = 1) const;
  void take_back(const std::string& key, Kind kind);
  void forgive(const std::string& pair);
  void turn(Instant now);

  mutable std::mutex mutex_;
  std::size_t capacity_;
  LockoutLimits limits_;
  // Two generations: what fails moves to the younger, and the older is dropped once all in it has decayed.
  Counts young_, old_;
  std::unordered_map<std::string, std::uint32_t> flights_;  // tries that have begun and not ended, by count
  Instant turned_{};
  Instant latest_{};  // at which a try began
  std::atomic<Instant::rep> any_until_{0};
};

}  // namespace quivive::auth
