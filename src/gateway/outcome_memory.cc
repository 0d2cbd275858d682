#include "gateway/outcome_memory.h"

#include <algorithm>
#include <new>
#include <sys/mman.h>
#include <utility>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace quivive::gateway {
namespace {

std::size_t grains_of(std::size_t size) {
  return std::max<std::size_t>(1, (size + OutcomeMemory::kGrain - 1) / OutcomeMemory::kGrain);
}

}  // namespace

// Where there are not even addresses, the heap has it all.
OutcomeMemory::OutcomeMemory(std::size_t most) {
  const std::size_t size = (most + kStep - 1) / kStep * kStep;
  if (size == 0) return;
  void* const addresses = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (addresses == MAP_FAILED) return;
  begin_ = next_ = mapped_ = static_cast<std::byte*>(addresses);
  end_ = begin_ + size;
}

OutcomeMemory::~OutcomeMemory() {
  if (begin_ != nullptr) ::munmap(begin_, static_cast<std::size_t>(end_ - begin_));
}

void* OutcomeMemory::fresh(std::size_t size) {
  if (static_cast<std::size_t>(mapped_ - next_) < size) {
    if (mapped_ == end_) return nullptr;
    (void)::madvise(mapped_, kStep, MADV_POPULATE_WRITE);  // before Linux 5.14 they come a page at a time
    mapped_ += kStep;
  }
  return std::exchange(next_, next_ + size);
}

void* OutcomeMemory::do_allocate(std::size_t size, std::size_t alignment) {
  if (size <= kLargestKept && alignment <= kGrain) {
    const std::size_t grains = grains_of(size);
    if (Free*& free = free_[grains]; free != nullptr) return std::exchange(free, free->next);
    if (void* const block = fresh(grains * kGrain)) return block;
  }
  // Threat: good tokens of one size after the other, each of which leaves its blocks to the next of that size. The heap joins what is free.
  return ::operator new(size, std::align_val_t{alignment});
}

void OutcomeMemory::do_deallocate(void* block, std::size_t size, std::size_t alignment) {
  if (block < begin_ || block >= end_) return ::operator delete(block, size, std::align_val_t{alignment});
  Free*& free = free_[grains_of(size)];
  free = new (block) Free{free};
}

}  // namespace quivive::gateway
