#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace quivive {
namespace {

TEST(Rfc3339, InUtc_WithoutFraction) {
  EXPECT_EQ(rfc3339(Instant{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(from_unix_seconds(1'800'000'000)), "2027-01-15T08:00:00Z");
  EXPECT_EQ(rfc3339(from_unix_seconds(1'800'000'000) + std::chrono::milliseconds(999)), "2027-01-15T08:00:00Z");
  EXPECT_EQ(rfc3339(Instant{Duration{1'582'934'400'999}}), "2020-02-29T00:00:00Z");
  EXPECT_EQ(rfc3339(from_unix_seconds(-1)), "1969-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(from_unix_seconds(951'782'400)), "2000-02-29T00:00:00Z");
}

}  // namespace
}  // namespace quivive
