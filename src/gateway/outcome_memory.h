#pragma once
// OutcomeMemory: what a worker's remembered outcomes lie in. It grows by large steps whose pages the kernel maps at once:
// left to the heap, which grows a page at a time, remembering a token can cost more than verifying its signature.

#include <array>
#include <cstddef>
#include <memory_resource>
#include <vector>

namespace quivive::gateway {

// For one thread. Small blocks are kept for the next of their size, and to free or take one touches that block only: std::pmr's
// pools look for the chunk that it came from, in memory that nobody has used for long. Large ones, which are rare, are the
// heap's. Outlives whatever was allocated from it.
class OutcomeMemory final : public std::pmr::memory_resource {
 public:
  static constexpr std::size_t kStep = 256 * 1024;
  static constexpr std::size_t kLargestKept = 1024;

  OutcomeMemory() = default;
  ~OutcomeMemory() override;
  OutcomeMemory(const OutcomeMemory&) = delete;
  OutcomeMemory& operator=(const OutcomeMemory&) = delete;
  // Octets that were asked of the kernel.
  [[nodiscard]] std::size_t reserved() const { return steps_.size() * kStep; }

 private:
  static constexpr std::size_t kGrain = 16;  // sizes are multiples of it, and blocks aligned to it
  struct Free {
    Free* next;
  };

  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
  [[nodiscard]] static bool is_kept(std::size_t size, std::size_t alignment) { return size <= kLargestKept && alignment <= kGrain; }
  void* fresh(std::size_t size);

  std::array<Free*, kLargestKept / kGrain + 1> free_{};  // by size, in grains
  std::vector<std::byte*> steps_;
  std::byte* next_ = nullptr;  // in the last step
  std::size_t left_ = 0;       // octets of it
};

}  // namespace quivive::gateway
