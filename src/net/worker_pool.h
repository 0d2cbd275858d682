#pragma once
// WorkerPool: a few threads for calls that block (store look-ups, password hashing, name look-ups), behind a bounded
// queue. A full queue refuses: an attacker's flood becomes verifier-overloaded, not memory. Jobs may name their origin, and
// then no origin holds up another (net/fair_queue.h).

#include "net/fair_queue.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace quivive::net {

class WorkerPool {
 public:
  static constexpr std::chrono::milliseconds kIdle{1000};

  // `when_idle` runs on a thread that had work and then none for kIdle: to give back what it kept for the next job.
  WorkerPool(std::size_t threads, std::size_t queue_limit, std::function<void()> when_idle = {})
      : WorkerPool(threads, FairQueue::Limits{.jobs = queue_limit}, std::move(when_idle)) {}
  // Threads of `nice` 0 are as important as any other, of 19 the least (setpriority(2)).
  WorkerPool(std::size_t threads, const FairQueue::Limits& limits, std::function<void()> when_idle = {}, int nice = 0);
  ~WorkerPool();  // finishes running jobs, drops queued ones
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // From any thread. False, and `job` is not kept, when the queue is full or the pool is stopping.
  [[nodiscard]] bool submit(std::function<void()> job, std::string_view origin = {});
  [[nodiscard]] std::size_t queued() const;
  void stop();

 private:
  void run();

  const std::function<void()> when_idle_;
  const int nice_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  FairQueue jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace quivive::net
