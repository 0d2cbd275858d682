#include "support/allocation_count.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> blocks{0}, octets{0};

std::size_t size_of(void* memory) { return ::malloc_usable_size(memory) + sizeof(std::size_t); }

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  ++blocks;
  octets += size_of(memory);
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) octets -= size_of(memory);
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace quivive::support {

std::size_t allocations() { return blocks; }
std::size_t allocated_octets() { return octets; }

}  // namespace quivive::support
