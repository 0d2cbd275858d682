#pragma once
// KeySource: when to fetch one issuer's key set. Rules only: no clock, no network. The manager asks it and acts.
//
// The set is refreshed in the background; a token with an unknown kid may cause one fetch more, within a budget that a
// flood of made-up kids cannot exceed; a kid that one was made for is remembered for a while; a failure is not repeated at once.

#include "base/clock.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quivive::gateway {

// Why a request wants keys.
enum class KeyWish : std::uint8_t { NeverFetched, UnknownKid, BadSignature };

class KeySource {
 public:
  struct Settings {
    Duration refresh = std::chrono::minutes(10);
    Duration max_stale = std::chrono::hours(24);   // while fetching fails, a set older than this verifies nothing
    Duration retry = std::chrono::seconds(5);      // after a failure, at least
    Duration kid_memory = std::chrono::seconds(60);
    Duration budget_refill = std::chrono::seconds(20);
    int budget = 3;                                // fetches on request beyond the background's
  };
  enum class Advice : std::uint8_t {
    Fetch,        // one fetch, or join the one in flight
    UseCurrent,   // nothing newer is to be had: judge by the current set
    Unavailable,  // the current set does not answer, and the issuer cannot be reached or was asked too often
  };

  explicit KeySource(Settings settings) : settings_(settings), budget_(settings.budget) {}

  // Other times from now on, as a reload may bring.
  void configure(const Settings& settings) { settings_ = settings; }

  [[nodiscard]] Advice advise(KeyWish wish, std::string_view kid, Instant now);
  // Whether the background should fetch now. `jitter` is 0 to 1: replicas must not fetch in step.
  [[nodiscard]] bool due(Instant now, double jitter) const;
  // Whether the set in hand may still be used. After a fetch that succeeded, one that is due soon is waited for, however
  // short max_stale is.
  [[nodiscard]] bool usable(Instant now) const;

  void fetch_began() { in_flight_ = true; }
  void fetch_succeeded(Instant now);
  void fetch_failed(Instant now);
  // A set kept on disk from before the start, fetched at that time: usable unless too old, and due for a fetch at once.
  void restored(Instant fetched) { last_success_ = fetched; }
  // A fetch was made for this kid's sake: for a while it is not worth another.
  void answered(std::string_view kid, Instant now);

  [[nodiscard]] bool in_flight() const { return in_flight_; }
  [[nodiscard]] std::optional<Instant> last_success() const { return last_success_; }

 private:
  static constexpr std::size_t kMaxKids = 1000;
  [[nodiscard]] bool spend(Instant now);

  Settings settings_;
  bool in_flight_ = false;
  bool failing_ = false;
  int failures_ = 0;
  std::optional<Instant> last_success_;
  std::optional<Instant> last_attempt_;
  int budget_;
  Instant refilled_{};
  std::unordered_map<std::string, Instant> answered_kids_;  // until when
};

}  // namespace quivive::gateway
