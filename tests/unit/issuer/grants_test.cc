#include "issuer/grants.h"

#include "token_world.h"

namespace quivive::issuer {
namespace {

class GrantsTest : public TokenWorld {};

TEST_F(GrantsTest, CodeUsedTwiceByItsClient_EndsWhatCameOfIt) {
  const std::string code = this->code();
  const std::string token = refresh_token(redeem(code));
  EXPECT_EQ(refresh_token(redeem(code)), "invalid_grant");
  EXPECT_FALSE(is_active(token));
}

// Threat: one client that ends another's tokens by a code that it read somewhere, used or not.
TEST_F(GrantsTest, CodeInAnotherClientsHands_IsUnknownAndChangesNothing) {
  const std::string code = this->code();
  const Answer unknown = redeem(std::string(43, 'x'), "other");
  EXPECT_EQ(redeem(code, "other").body, unknown.body);
  const std::string token = refresh_token(redeem(code));
  EXPECT_EQ(redeem(code, "other").body, unknown.body);
  EXPECT_TRUE(is_active(token));
}

}  // namespace
}  // namespace quivive::issuer
