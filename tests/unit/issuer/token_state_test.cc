#include "issuer/token_state.h"

#include "token_world.h"

namespace quivive::issuer {
namespace {

class TokenState : public TokenWorld {};

TEST_F(TokenState, RefreshToken_IsActiveWhileItWouldBeTaken) {
  const std::string token = refresh_token(redeem(code()));
  EXPECT_TRUE(is_active(token));
  EXPECT_FALSE(is_active(token, "other"));
  ASSERT_EQ(*store_->set_password("anna", Secret{"$hash$2"}, {}, now_), store::Change::Done);
  EXPECT_FALSE(is_active(token));
}

TEST_F(TokenState, RefreshTokenOfADisabledUser_NeverIsAgain) {
  const std::string token = refresh_token(redeem(code()));
  for (const bool disabled : {true, false}) {
    ASSERT_EQ(*store_->set_disabled("anna", disabled, now_), store::Change::Done);
    EXPECT_FALSE(is_active(token)) << disabled;
  }
  EXPECT_EQ(refresh_token(refresh(token)), "invalid_grant");
}

}  // namespace
}  // namespace quivive::issuer
