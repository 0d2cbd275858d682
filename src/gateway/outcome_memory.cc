#include "gateway/outcome_memory.h"

#include <algorithm>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace quivive::gateway {

OutcomeMemory::~OutcomeMemory() {
  for (std::byte* const step : steps_) ::munmap(step, kStep);
}

void* OutcomeMemory::fresh(std::size_t size) {
  if (size > left_) {
    steps_.reserve(steps_.size() + 1);  // so that nothing can fail between the mapping and its being noted
    void* const pages = ::mmap(nullptr, kStep, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    next_ = steps_.emplace_back(static_cast<std::byte*>(pages));
    left_ = kStep;
  }
  left_ -= size;
  return std::exchange(next_, next_ + size);
}

void* OutcomeMemory::do_allocate(std::size_t size, std::size_t alignment) {
  if (!is_kept(size, alignment)) return ::operator new(size, std::align_val_t{alignment});
  const std::size_t grains = std::max<std::size_t>(1, (size + kGrain - 1) / kGrain);
  Free*& free = free_[grains];
  if (free == nullptr) return fresh(grains * kGrain);
  return std::exchange(free, free->next);
}

void OutcomeMemory::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  if (!is_kept(size, alignment)) return ::operator delete(block, size, std::align_val_t{alignment});
  Free*& free = free_[std::max<std::size_t>(1, (size + kGrain - 1) / kGrain)];
  free = new (block) Free{free};
}

}  // namespace quivive::gateway
