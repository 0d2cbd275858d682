#include "base/random.h"

#include <gtest/gtest.h>

namespace quivive {
namespace {

TEST(FixedRandom, SameSeed_SameBytes) {
  FixedRandom a(7), b(7), c(8);
  const std::string first = a.bytes(32);
  EXPECT_EQ(first, b.bytes(32));
  EXPECT_NE(first, c.bytes(32));
  EXPECT_NE(first, a.bytes(32)) << "the sequence goes on";
}

TEST(RandomSource, Bytes_GivesAsManyAsAsked) {
  FixedRandom random;
  for (const std::size_t n : {0u, 1u, 31u, 4096u}) EXPECT_EQ(random.bytes(n).size(), n);
}

}  // namespace
}  // namespace quivive
