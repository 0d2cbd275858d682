#include "issuer/refresh_token.h"

#include "token_world.h"

namespace quivive::issuer {
namespace {

class RefreshTokens : public TokenWorld {
 protected:
  // That many refreshes in a row, each a moment after the one before; the last token.
  std::string rotate(std::string token, int times, Duration each) {
    for (int i = 0; i < times; ++i) {
      pass(each);
      token = refresh_token(refresh(token));
    }
    return token;
  }
  static constexpr int kMost = static_cast<int>(store::kMostOfFamily);
};

TEST(RefreshToken, CarriesTheMarkOfItsFamily) {
  FixedRandom random;
  const Secret mark = family_mark("the code");
  const Secret one = make_refresh_token(mark.reveal(RevealSecret{}), random), two = make_refresh_token(mark.reveal(RevealSecret{}), random);
  for (const Secret* token : {&one, &two}) {
    const std::string_view text = token->reveal(RevealSecret{});
    ASSERT_TRUE(looks_like_refresh_token(text));
    EXPECT_EQ(mark_of(text), mark.reveal(RevealSecret{}));
    EXPECT_FALSE(looks_like_refresh_token(text.substr(1)));
    EXPECT_FALSE(looks_like_refresh_token(std::string(text) + "a"));
    EXPECT_FALSE(looks_like_refresh_token(std::string(text.substr(1)) + "!"));
  }
  EXPECT_NE(one.reveal(RevealSecret{}), two.reveal(RevealSecret{}));
  EXPECT_FALSE(looks_like_refresh_token(mark.reveal(RevealSecret{})));
  EXPECT_FALSE(looks_like_refresh_token(""));
}

TEST(RefreshToken, Family_IsOfOneCodeAndOneClient) {
  const std::string family = family_of("mark", "app");
  EXPECT_EQ(family.size(), 43u);
  EXPECT_EQ(family_of("mark", "app"), family);
  EXPECT_NE(family_of("mark", "other"), family);
  EXPECT_NE(family_of("another", "app"), family);
  EXPECT_NE(family_mark("one").reveal(RevealSecret{}), family_mark("two").reveal(RevealSecret{}));
}

// Threat: a thief who refreshes so often that the client's own token is forgotten.
TEST_F(RefreshTokens, OneThatTheStoreDroppedLongAgo_EndsTheFamilyAllTheSame) {
  const std::string stolen = refresh_token(redeem(code()));
  const std::string thiefs = rotate(stolen, kMost + 3, std::chrono::minutes(1));
  ASSERT_FALSE(*store_->find_refresh(crypto::sha256(stolen).view()));
  const Answer answer = refresh(stolen);
  EXPECT_EQ(refresh_token(answer), "invalid_grant");
  EXPECT_NE(answer.refusal.find("used before"), std::string::npos) << answer.refusal;
  EXPECT_EQ(refresh_token(refresh(thiefs)), "invalid_grant");
}

// Threat: a copy that is first used while a second use is still taken for a parallel request.
TEST_F(RefreshTokens, CopyFirstUsedWithinTheGrace_EndsTheFamilyWhenBothGoOn) {
  const std::string stolen = refresh_token(redeem(code()));
  const std::string clients = refresh_token(refresh(stolen));
  const std::string thiefs = rotate(stolen, 1, std::chrono::seconds(8));
  const std::string next = rotate(clients, 1, std::chrono::minutes(10));
  EXPECT_TRUE(is_active(next));
  EXPECT_NE(refresh(thiefs).refusal.find("used before"), std::string::npos);
  EXPECT_FALSE(is_active(next));
}

TEST_F(RefreshTokens, RefreshedWithoutEnd_TheFamilyEnds) {
  const std::string last = rotate(refresh_token(redeem(code())), kMost - 1, std::chrono::milliseconds(1));
  const Answer answer = refresh(last);
  EXPECT_NE(answer.refusal.find("too often"), std::string::npos) << answer.refusal;
  EXPECT_EQ(store_->list_revocations()->size(), store::kMostOfFamily);  // every access token of it
}

TEST_F(RefreshTokens, OfAnotherClientOrMadeUp_EndNothing) {
  const std::string own = refresh_token(redeem(code()));
  const std::string theirs = own.substr(0, 43) + std::string(43, 'x');
  EXPECT_EQ(refresh_token(refresh(theirs, "other")), "invalid_grant");
  EXPECT_EQ(post(answer_revocation, form({{"token", own}}, "other")).status, 200);
  EXPECT_EQ(refresh_token(refresh(std::string(86, 'x'))), "invalid_grant");
  EXPECT_TRUE(looks_like_refresh_token(refresh_token(refresh(own))));
}

TEST_F(RefreshTokens, Revoked_EndsTheFamilyByAnyTokenOfIt) {
  const std::string first = refresh_token(redeem(code()));
  const std::string last = rotate(first, 2, std::chrono::minutes(1));
  EXPECT_TRUE(is_active(last));
  EXPECT_FALSE(is_active(first));
  EXPECT_EQ(post(answer_revocation, form({{"token", first}}, "app")).status, 200);
  EXPECT_FALSE(is_active(last));
}

}  // namespace
}  // namespace quivive::issuer
