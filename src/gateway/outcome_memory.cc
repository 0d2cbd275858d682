#include "gateway/outcome_memory.h"

#include <algorithm>
#include <new>
#include <sys/mman.h>

namespace quivive::gateway {

OutcomeMemory::Pages::~Pages() {
  for (const Mapping& mapping : mappings_) ::munmap(mapping.begin, mapping.size);
}

std::size_t OutcomeMemory::Pages::reserved() const {
  std::size_t size = 0;
  for (const Mapping& mapping : mappings_) size += mapping.size;
  return size;
}

void* OutcomeMemory::Pages::do_allocate(std::size_t size, std::size_t alignment) {
  std::size_t at = (used_ + alignment - 1) / alignment * alignment;
  if (mappings_.empty() || at + size > mappings_.back().size) {
    const std::size_t step = std::max(kStep, (size + 4095) / 4096 * 4096);
    mappings_.reserve(mappings_.size() + 1);  // so that nothing can fail between the mapping and its being noted
    void* const pages = ::mmap(nullptr, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    mappings_.push_back({static_cast<std::byte*>(pages), step});
    at = 0;
  }
  used_ = at + size;
  return mappings_.back().begin + at;
}

void* OutcomeMemory::do_allocate(std::size_t size, std::size_t alignment) {
  if (size > kLargestPooled) return ::operator new(size, std::align_val_t{alignment});
  return pools_.allocate(size, alignment);
}

void OutcomeMemory::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  if (size > kLargestPooled) return ::operator delete(block, size, std::align_val_t{alignment});
  pools_.deallocate(block, size, alignment);
}

}  // namespace quivive::gateway
