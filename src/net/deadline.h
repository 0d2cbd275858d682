#pragma once
// Deadlines without a timer for each: what has one is on its worker's list, and the list is swept a few times a second.
// Setting one is two stores, so every phase of every request has one.

#include "net/asio.h"

namespace quivive::net {

class DeadlineList;

// Something that is ended when its time is up. On the list from construction to destruction; not movable.
class Timed {
 public:
  explicit Timed(DeadlineList& list);
  virtual ~Timed();
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  // Ends after `d`, to within one sweep. Replaces an earlier deadline.
  void expires_after(std::chrono::milliseconds d);
  void expires_never() { at_ = SteadyClock::time_point::max(); }

 protected:
  // Called by the sweep, at most once for each deadline set. Must not destroy this object.
  virtual void on_expiry() = 0;

 private:
  friend class DeadlineList;
  DeadlineList& list_;
  SteadyClock::time_point at_ = SteadyClock::time_point::max();
  Timed* next_ = nullptr;
  Timed* previous_ = nullptr;
};

// One for each worker; used on its thread only.
class DeadlineList {
 public:
  static constexpr std::chrono::milliseconds kSweep{200};

  // The time of the last sweep: good enough to count deadlines from, and free.
  [[nodiscard]] SteadyClock::time_point now() const { return now_; }
  void sweep(SteadyClock::time_point now);

 private:
  friend class Timed;
  Timed* head_ = nullptr;
  Timed* cursor_ = nullptr;  // next to visit, so that a sweep survives removals
  SteadyClock::time_point now_ = SteadyClock::now();
};

}  // namespace quivive::net
