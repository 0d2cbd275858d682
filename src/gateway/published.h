#pragma once
// Published<T>: a value that one thread replaces and many read. A reader keeps its own pointer and looks at a number to
// see whether it is still the newest, so that reading costs neither a lock nor a shared counter.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace quivive::gateway {

template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> value = nullptr) : value_(std::move(value)) {}

  void publish(std::shared_ptr<const T> value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    version_.fetch_add(1, std::memory_order_release);
  }
  // Raised by each publish().
  [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  std::atomic<std::uint64_t> version_{1};
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

// One thread's view. The Published outlives it.
template <class T>
class Subscription {
 public:
  explicit Subscription(const Published<T>& source) : source_(source) {}
  // The newest value. Valid until the next call.
  [[nodiscard]] const std::shared_ptr<const T>& get() {
    const std::uint64_t version = source_.version();
    if (version != seen_) {
      value_ = source_.get();
      seen_ = version;
    }
    return value_;
  }

 private:
  const Published<T>& source_;
  std::uint64_t seen_ = 0;
  std::shared_ptr<const T> value_;
};

}  // namespace quivive::gateway
