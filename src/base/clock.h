#pragma once
// Time is a constructor argument. Instants are milliseconds since the Unix epoch; the gateway samples one per request.

#include <chrono>
#include <cstdint>

namespace quivive {

using Duration = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// Seconds since the epoch, rounded down: the unit of a JWT's NumericDate (RFC 7519 section 2).
[[nodiscard]] constexpr std::int64_t unix_seconds(Instant t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}
[[nodiscard]] constexpr Instant from_unix_seconds(std::int64_t s) { return Instant{std::chrono::seconds{s}}; }

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

// Stands still until told otherwise; for tests and for `--now`.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Instant t) : now_(t) {}
  [[nodiscard]] Instant now() const override { return now_; }
  void set(Instant t) { now_ = t; }
  void advance(Duration d) { now_ += d; }

 private:
  Instant now_;
};

}  // namespace quivive
