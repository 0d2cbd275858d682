#include "gateway/outcome_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace quivive::gateway {
namespace {

constexpr std::size_t kMost = 64 * OutcomeMemory::kStep;

TEST(OutcomeMemory, Blocks_AreApartAndAligned) {
  OutcomeMemory memory(kMost);
  std::vector<std::pair<void*, std::size_t>> blocks;
  for (std::size_t size = 1; size <= 3000; size += 7) {
    void* const block = memory.allocate(size, 8);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 8, 0u);
    std::memset(block, static_cast<int>(size & 0xff), size);
    blocks.emplace_back(block, size);
  }
  for (const auto& [block, size] : blocks) {
    const auto* bytes = static_cast<const unsigned char*>(block);
    EXPECT_EQ(bytes[0], size & 0xff);
    EXPECT_EQ(bytes[size - 1], size & 0xff);
    memory.deallocate(block, size, 8);
  }
}

TEST(OutcomeMemory, FreedBlocks_AreUsedAgain) {
  OutcomeMemory memory(kMost);
  const auto round = [&] {
    std::vector<std::pmr::string> texts;
    for (int i = 0; i < 10'000; ++i) texts.emplace_back(static_cast<std::size_t>(50 + i % 800), 'x', &memory);
  };
  round();
  const std::size_t reserved = memory.reserved();
  EXPECT_GT(reserved, OutcomeMemory::kStep);
  EXPECT_EQ(reserved % OutcomeMemory::kStep, 0u);
  for (int i = 0; i < 5; ++i) round();
  EXPECT_EQ(memory.reserved(), reserved);
}

TEST(OutcomeMemory, LargeBlocks_AreTheHeaps) {
  OutcomeMemory memory(kMost);
  const std::size_t reserved = memory.reserved();
  EXPECT_LE(reserved, OutcomeMemory::kStep);
  std::vector<std::pmr::string> texts;
  for (int i = 0; i < 1000; ++i) texts.emplace_back(OutcomeMemory::kLargestKept, 'x', &memory);  // and its end
  EXPECT_EQ(memory.reserved(), reserved);
}

// Threat: whoever gets good tokens of one size after the other.
TEST(OutcomeMemory, SizesInTurn_TakeNoMoreThanTheBound) {
  constexpr std::size_t most = 4 * OutcomeMemory::kStep;
  OutcomeMemory memory(most);
  for (std::size_t size = 16; size <= OutcomeMemory::kLargestKept; size += 16) {
    std::vector<std::pmr::vector<char>> filled;
    for (std::size_t at = 0; at < most; at += size) filled.emplace_back(size, 'x', &memory);
    EXPECT_LE(memory.reserved(), most);
  }
  EXPECT_EQ(memory.reserved(), most);
}

TEST(OutcomeMemory, OfNothing_TheHeapHasIt) {
  OutcomeMemory memory(0);
  void* const block = memory.allocate(100, 8);
  EXPECT_EQ(memory.reserved(), 0u);
  memory.deallocate(block, 100, 8);
}

}  // namespace
}  // namespace quivive::gateway
