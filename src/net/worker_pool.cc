#include "net/worker_pool.h"

#include <sys/resource.h>
#include <unistd.h>

namespace quivive::net {

WorkerPool::WorkerPool(std::size_t threads, const FairQueue::Limits& limits, std::function<void()> when_idle, int nice)
    : when_idle_(std::move(when_idle)), nice_(nice), jobs_(limits) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  ready_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

bool WorkerPool::submit(std::function<void()> job, std::string_view origin) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !jobs_.push(origin, std::move(job))) return false;
  }
  ready_.notify_one();
  return true;
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void WorkerPool::run() {
  // On Linux this is for the calling thread alone. Where it is refused the pool works all the same.
  if (nice_ != 0) (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice_);
  const auto is_due = [this] { return stopping_ || jobs_.ready(); };
  bool worked = false;  // since when_idle_ ran
  while (true) {
    FairQueue::Taken next;
    {
      std::unique_lock lock(mutex_);
      if (worked && when_idle_ && !ready_.wait_for(lock, kIdle, is_due)) {
        lock.unlock();
        when_idle_();
        worked = false;
        continue;
      }
      ready_.wait(lock, is_due);
      if (stopping_) return;
      next = *jobs_.pop();
    }
    next.job();
    next.job = nullptr;
    worked = true;
    const std::lock_guard lock(mutex_);
    if (jobs_.done(next.origin)) ready_.notify_one();
  }
}

}  // namespace quivive::net
