#include "config/number_pattern.h"

#include <gtest/gtest.h>

#include <regex>

namespace quivive::config {
namespace {

TEST(NumberPattern, Ranges_Exact) {
  for (const auto& [least, most] : {std::pair{0, 0}, std::pair{0, 9}, std::pair{0, 60}, std::pair{1, 12}, std::pair{5, 5}, std::pair{7, 1203}, std::pair{99, 101}, std::pair{100, 999},
                                    std::pair{256, 1024}, std::pair{0, 1999}}) {
    const std::regex pattern(number_pattern(static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most)));
    for (int n = 0; n < 2500; ++n) {
      EXPECT_EQ(std::regex_match(std::to_string(n), pattern), n >= least && n <= most) << n << " of " << least << " to " << most;
    }
  }
}

TEST(NumberPattern, Ports) {
  EXPECT_EQ(number_pattern(0, 65535), "[0-9]|[1-9][0-9]|[1-9][0-9]{2}|[1-9][0-9]{3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]");
}

}  // namespace
}  // namespace quivive::config
