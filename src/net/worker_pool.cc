#include "net/worker_pool.h"

namespace quivive::net {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit, std::function<void()> when_idle)
    : limit_(queue_limit), when_idle_(std::move(when_idle)) {
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

bool WorkerPool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= limit_) return false;
    jobs_.push_back(std::move(job));
  }
  ready_.notify_one();
  return true;
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void WorkerPool::run() {
  const auto is_due = [this] { return stopping_ || !jobs_.empty(); };
  bool worked = false;  // since when_idle_ ran
  while (true) {
    std::function<void()> job;
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
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
    worked = true;
  }
}

}  // namespace quivive::net
