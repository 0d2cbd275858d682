#pragma once
// OutcomeMemory: what a worker's remembered outcomes lie in. It grows by large steps whose pages the kernel maps at once:
// left to the heap, which grows a page at a time, remembering a token can cost more than verifying its signature.

#include <array>
#include <cstddef>
#include <memory_resource>

namespace quivive::gateway {

// For one thread. Small blocks are kept for the next of their size, and to free or take one touches that block only: std::pmr's
// pools look for the chunk that it came from, in memory that nobody has used for long. Large ones, which are rare, are the
// heap's, and so is what goes beyond `most` octets. Outlives whatever was allocated from it.
class OutcomeMemory final : public std::pmr::memory_resource {
 public:
  static constexpr std::size_t kStep = 256 * 1024;
  static constexpr std::size_t kLargestKept = 1024;
  static constexpr std::size_t kGrain = 16;  // sizes are multiples of it, and blocks aligned to it

  // `most` is rounded up to steps. Addresses for all of it are taken at once, and memory as it is needed.
  explicit OutcomeMemory(std::size_t most);
  ~OutcomeMemory() override;
  OutcomeMemory(const OutcomeMemory&) = delete;
  OutcomeMemory& operator=(const OutcomeMemory&) = delete;
  // Octets that were asked of the kernel.
  [[nodiscard]] std::size_t reserved() const { return static_cast<std::size_t>(mapped_ - begin_); }

 private:
  struct Free {
    Free* next;
  };

  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
  void* fresh(std::size_t size);  // nullptr where it is all taken

  std::array<Free*, kLargestKept / kGrain + 1> free_{};  // by size, in grains
  // The addresses: handed out up to next_, with memory behind them up to mapped_.
  std::byte *begin_ = nullptr, *next_ = nullptr, *mapped_ = nullptr, *end_ = nullptr;
};

}  // namespace quivive::gateway
