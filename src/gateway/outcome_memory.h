#pragma once
// OutcomeMemory: what a worker's remembered outcomes lie in. It grows by large steps whose pages the kernel maps at once:
// left to the heap, which grows a page at a time, remembering a token can cost more than verifying its signature.

#include <cstddef>
#include <memory_resource>
#include <vector>

namespace quivive::gateway {

// For one thread. Small blocks are pooled by size and kept for the next of that size; large ones, which are rare, are the
// heap's. Outlives whatever was allocated from it.
class OutcomeMemory final : public std::pmr::memory_resource {
 public:
  static constexpr std::size_t kStep = 256 * 1024;
  static constexpr std::size_t kLargestPooled = 1024;

  OutcomeMemory() = default;
  // Octets that were asked of the kernel.
  [[nodiscard]] std::size_t reserved() const { return pages_.reserved(); }

 private:
  // Hands out what the pools ask for, piece by piece, and takes nothing back: pools ask for a piece once.
  class Pages final : public std::pmr::memory_resource {
   public:
    Pages() = default;
    ~Pages() override;
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;
    [[nodiscard]] std::size_t reserved() const;

   private:
    void* do_allocate(std::size_t size, std::size_t alignment) override;
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

    struct Mapping {
      std::byte* begin;
      std::size_t size;
    };
    std::vector<Mapping> mappings_;
    std::size_t used_ = 0;  // of the last one
  };

  void* do_allocate(std::size_t size, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t size, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  Pages pages_;
  std::pmr::unsynchronized_pool_resource pools_{{.max_blocks_per_chunk = 64, .largest_required_pool_block = kLargestPooled}, &pages_};
};

}  // namespace quivive::gateway
