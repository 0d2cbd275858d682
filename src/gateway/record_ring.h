#pragma once
// RecordRing: one writer, one reader, no lock. The worker copies a record in; the log thread formats it later.

#include "gateway/access_record.h"

#include <atomic>
#include <memory>

namespace quivive::gateway {

class RecordRing {
 public:
  static constexpr std::size_t kSize = 2048;  // power of two

  // The writer's side. False, and counted, when the reader is a whole ring behind.
  bool push(const AccessRecord& record) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == kSize) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return false;
    }
    records_[head % kSize] = record;
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  // The reader's side: the oldest record, or nullptr; pop() lets go of it.
  [[nodiscard]] const AccessRecord* front() const {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    return tail == head_.load(std::memory_order_acquire) ? nullptr : &records_[tail % kSize];
  }
  void pop() { tail_.store(tail_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::unique_ptr<AccessRecord[]> records_ = std::make_unique<AccessRecord[]>(kSize);
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace quivive::gateway
