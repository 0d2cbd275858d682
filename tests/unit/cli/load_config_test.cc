#include "cli/load_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quivive::cli {
namespace {

TEST(AdminAddress, Given_IsHostAndPort_AlsoAsServePrintsIt) {
  for (const std::string given : {"127.0.0.1:8081", "http://127.0.0.1:8081", "http://127.0.0.1:8081/", "http://127.0.0.1:8081/metrics"}) {
    const auto address = admin_address(given, "");
    ASSERT_TRUE(address) << address.error().message;
    EXPECT_EQ(*address, "127.0.0.1:8081") << given;
  }
  EXPECT_EQ(admin_address("[::1]:8081", "").value(), "[::1]:8081");
}

TEST(AdminAddress, AnythingElse_IsAWrongCommand) {
  for (const std::string given : {"https://127.0.0.1:8081", "http://127.0.0.1:8081/x", "http://", "a@127.0.0.1:8081", "127.0.0.1:8081/", "127.0.0.1 :8081"}) {
    const auto address = admin_address(given, "");
    ASSERT_FALSE(address) << given;
    EXPECT_EQ(address.error().status, kWrong);
    EXPECT_THAT(address.error().message, testing::AllOf(testing::HasSubstr(given), testing::HasSubstr("HOST:PORT")));
  }
}

}  // namespace
}  // namespace quivive::cli
