// What every Store promises about refresh tokens: rotation, reuse, families.

#include "oauth_records.h"

#include <gmock/gmock.h>

#include <mutex>

namespace quivive::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OAuthRefreshContract : public OAuthContract {};

TEST_P(OAuthRefreshContract, Empty_HasNothing) {
  EXPECT_FALSE(lives(1));
  EXPECT_EQ(rotate(1, refresh(2)), Rotation::Unknown);
  EXPECT_FALSE(lives(2));
  EXPECT_EQ(must(store_.revoke_family("f1", kIssuer, kNow)), 0u);
  EXPECT_THAT(revoked(), IsEmpty());
}

TEST_P(OAuthRefreshContract, Begun_IsFoundWhole) {
  const auto before = version();
  begin(refresh(1));
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(1))), refresh(1));
  EXPECT_EQ(version(), before);
}

TEST_P(OAuthRefreshContract, DigestOrFamilyThatIsTaken_Exists) {
  begin(refresh(1));
  EXPECT_EQ(must(other_.add_refresh(refresh(1, "f2", kNow, "bert"))), Change::Exists);
  EXPECT_EQ(must(other_.add_refresh(refresh(2, "f1", kNow, "bert"))), Change::Exists);
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(1))), refresh(1));
  EXPECT_FALSE(lives(2));
  EXPECT_EQ(must(other_.add_refresh(refresh(2, "f2", kNow, "bert"))), Change::Done);  // the first of them left nothing
}

TEST_P(OAuthRefreshContract, Rotated_IsUsedAndFollowed) {
  begin(refresh(1));
  const auto before = version();
  const RefreshRecord next = refresh(2, "f1", after(30));
  EXPECT_EQ(rotate(1, next), Rotation::Rotated);
  RefreshRecord used = refresh(1);
  used.used = after(30);
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(1))), used);
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(2))), next);
  EXPECT_EQ(rotate(2, refresh(3, "f1", after(60))), Rotation::Rotated);
  EXPECT_EQ(version(), before);
  EXPECT_THAT(revoked(), IsEmpty());
}

TEST_P(OAuthRefreshContract, UsedWithinGrace_RotatesAgainAndKeepsTheFirstUse) {
  begin(refresh(1));
  ASSERT_EQ(rotate(1, refresh(2, "f1", after(30))), Rotation::Rotated);
  EXPECT_EQ(rotate(1, refresh(3, "f1", after(29))), Rotation::Rotated);  // a clock that is behind
  EXPECT_EQ(rotate(1, refresh(4, "f1", after(40))), Rotation::Rotated);  // the last instant of it
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(1)))->used, after(30));
  for (const int token : {2, 3, 4}) EXPECT_TRUE(lives(token)) << token;
}

TEST_P(OAuthRefreshContract, UsedLongerAgo_EndsTheFamilyAndItsAccessTokens) {
  begin(refresh(1));
  begin(refresh(9, "f9"));
  ASSERT_EQ(rotate(1, refresh(2, "f1", after(30))), Rotation::Rotated);
  ASSERT_EQ(rotate(2, refresh(3, "f1", after(1000))), Rotation::Rotated);
  const auto before = version();
  EXPECT_EQ(rotate(1, refresh(4, "f1", after(1001))), Rotation::Reused);
  EXPECT_EQ(version(), before + 1);
  for (const int gone : {1, 2, 3, 4}) EXPECT_FALSE(lives(gone)) << gone;
  EXPECT_TRUE(lives(9));
  EXPECT_EQ(rotate(3, refresh(5, "f1", after(1002))), Rotation::Unknown);
  EXPECT_THAT(revoked(), ElementsAre("access3"));  // the others expired at 300 and 330, which nobody accepts at 1001 with the longest leeway
  const Revocation expected{.issuer = std::string(kIssuer), .kind = RevocationKind::TokenId, .value = "access3", .cutoff = {}, .created = after(1001),
                            .forget = after(1300) + kLongestLeeway};
  EXPECT_THAT(must(other_.list_revocations()), ElementsAre(expected));
}

TEST_P(OAuthRefreshContract, NoGrace_SecondUseIsReuseAMomentLater) {
  begin(refresh(1));
  ASSERT_EQ(must(store_.rotate_refresh(oauth_digest(1), refresh(2, "f1", after(30)), Duration(0), kIssuer)), Rotation::Rotated);
  EXPECT_EQ(must(store_.rotate_refresh(oauth_digest(1), refresh(3, "f1", after(30) + Duration(1)), Duration(0), kIssuer)), Rotation::Reused);
}

TEST_P(OAuthRefreshContract, SuccessorsWithinGrace_AreBoundedAndOneMoreIsReuse) {
  begin(refresh(1));
  const int most = static_cast<int>(kMostSuccessors);
  for (int i = 0; i < most; ++i) EXPECT_EQ(rotate(1, refresh(10 + i, "f1", after(30))), Rotation::Rotated);
  EXPECT_EQ(rotate(10, refresh(30, "f1", after(31))), Rotation::Rotated);  // a successor has its own count
  EXPECT_EQ(rotate(1, refresh(31, "f1", after(31))), Rotation::Reused);
  for (int i = 0; i < most; ++i) EXPECT_FALSE(lives(10 + i)) << i;
  EXPECT_EQ(revoked().size(), static_cast<std::size_t>(most) + 2);
}

// Threat: a copy that is first used within the grace.
TEST_P(OAuthRefreshContract, TwoSuccessorsUsedAfterTheGrace_EndTheFamily) {
  begin(refresh(1));
  begin(refresh(9, "f9"));
  ASSERT_EQ(rotate(1, refresh(2, "f1", after(30))), Rotation::Rotated);
  ASSERT_EQ(rotate(1, refresh(3, "f1", after(38))), Rotation::Rotated);
  EXPECT_EQ(rotate(2, refresh(4, "f1", after(600))), Rotation::Rotated);
  EXPECT_EQ(rotate(4, refresh(5, "f1", after(1200))), Rotation::Rotated);
  EXPECT_EQ(rotate(3, refresh(6, "f1", after(1201))), Rotation::Reused);
  for (const int gone : {1, 2, 3, 4, 5, 6}) EXPECT_FALSE(lives(gone)) << gone;
  EXPECT_THAT(revoked(), ElementsAre("access4", "access5"));
  EXPECT_TRUE(lives(9));
}

// Threat: a thief who refreshes at once what was got within the grace, so that it looks like a parallel request still.
TEST_P(OAuthRefreshContract, WhatWasRefreshedWithinTheGrace_IsASiblingStill) {
  for (const bool thief_first : {false, true}) {
    const std::string family = thief_first ? "f1" : "f2";
    const int base = thief_first ? 100 : 200;
    begin(refresh(base, family));
    ASSERT_EQ(rotate(base, refresh(base + 1, family, after(30))), Rotation::Rotated);
    ASSERT_EQ(rotate(base, refresh(base + 2, family, after(38))), Rotation::Rotated);
    ASSERT_EQ(rotate(base + 2, refresh(base + 3, family, after(39))), Rotation::Rotated);
    ASSERT_EQ(rotate(base + 3, refresh(base + 4, family, after(40))), Rotation::Rotated);
    EXPECT_EQ(rotate(thief_first ? base + 4 : base + 1, refresh(base + 5, family, after(600))), Rotation::Rotated);
    EXPECT_EQ(rotate(thief_first ? base + 1 : base + 4, refresh(base + 6, family, after(601))), Rotation::Reused);
  }
}

TEST_P(OAuthRefreshContract, WhatComesLateOfASiblingThatWasOvertaken_IsOvertaken) {
  begin(refresh(1));
  ASSERT_EQ(rotate(1, refresh(2, "f1", after(30))), Rotation::Rotated);
  ASSERT_EQ(rotate(1, refresh(3, "f1", after(31))), Rotation::Rotated);
  ASSERT_EQ(rotate(3, refresh(4, "f1", after(38))), Rotation::Rotated);
  ASSERT_EQ(rotate(2, refresh(5, "f1", after(41))), Rotation::Rotated);  // goes on
  ASSERT_EQ(rotate(3, refresh(6, "f1", after(42))), Rotation::Rotated);  // a parallel request, by its own grace
  EXPECT_EQ(rotate(6, refresh(7, "f1", after(600))), Rotation::Reused);
}

// Processes of one client that share what they get, however often they refresh within the grace.
TEST_P(OAuthRefreshContract, SiblingsOfWhichOneGoesOn_AreNoReuse) {
  begin(refresh(1));
  int last = 1;
  for (int round = 1; round <= 4; ++round) {
    for (int i = 1; i <= 3; ++i) ASSERT_EQ(rotate(last, refresh(round * 10 + i, "f1", after(round * 600 + i))), Rotation::Rotated);
    ASSERT_EQ(rotate(round * 10 + 2, refresh(round * 10 + 4, "f1", after(round * 600 + 5))), Rotation::Rotated);
    ASSERT_EQ(rotate(round * 10 + 2, refresh(round * 10 + 5, "f1", after(round * 600 + 14))), Rotation::Rotated);
    last = round * 10 + 3 + round % 3;  // 3, 4 or 5
  }
  EXPECT_THAT(revoked(), IsEmpty());
}

TEST_P(OAuthRefreshContract, SuccessorThatIsNone_IsAnErrorAndNothingChanges) {
  begin(refresh(1));
  begin(refresh(9, "f9"));
  const auto rotate_to = [&](const RefreshRecord& next) { return store_.rotate_refresh(oauth_digest(1), next, kGrace, kIssuer); };
  EXPECT_FALSE(rotate_to(refresh(2, "f2")));
  EXPECT_FALSE(rotate_to(refresh(2, "f9")));
  EXPECT_FALSE(rotate_to(refresh(2, "f1", kNow, "bert")));
  EXPECT_FALSE(rotate_to(refresh(2, "f1", kNow, "anna", "else")));
  EXPECT_FALSE(rotate_to(refresh(1)));
  EXPECT_FALSE(rotate_to(refresh(9)));
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(1))), refresh(1));
  EXPECT_EQ(must(other_.find_refresh(oauth_digest(9))), refresh(9, "f9"));
  EXPECT_FALSE(lives(2));
}

TEST_P(OAuthRefreshContract, RevokedFamily_IsGoneWithItsAccessTokens) {
  begin(refresh(1));
  begin(refresh(9, "f9"));
  ASSERT_EQ(rotate(1, refresh(2, "f1", after(30))), Rotation::Rotated);
  const auto before = version();
  // The access tokens end at 300 and 330, for a verifier with the longest leeway at 900 and 930.
  EXPECT_EQ(must(other_.revoke_family("f1", kIssuer, after(300) + kLongestLeeway)), 2u);
  EXPECT_EQ(version(), before + 1);
  EXPECT_THAT(revoked(), ElementsAre("access2"));
  EXPECT_EQ(must(other_.revoke_family("f1", kIssuer, after(901))), 0u);
  EXPECT_EQ(version(), before + 1);
  for (const int gone : {1, 2}) EXPECT_FALSE(lives(gone)) << gone;
  EXPECT_TRUE(lives(9));
  EXPECT_EQ(rotate(2, refresh(3, "f1", after(902))), Rotation::Unknown);
  EXPECT_EQ(must(store_.forget_revocations(after(929))), 0u);
  EXPECT_EQ(must(store_.forget_revocations(after(930))), 1u);
}

TEST_P(OAuthRefreshContract, RevokedFamilyWithoutLiveAccessTokens_DoesNotCount) {
  begin(refresh(1));
  const auto before = version();
  EXPECT_EQ(must(store_.revoke_family("f1", kIssuer, after(5000))), 1u);
  EXPECT_EQ(version(), before);
  EXPECT_THAT(revoked(), IsEmpty());
}

TEST_P(OAuthRefreshContract, RevokedWhileTheCodeIsExchanged_FamilyNeverBegins) {
  ASSERT_EQ(must(store_.add_code(code(1))), Change::Done);
  ASSERT_EQ(must(store_.take_code(oauth_digest(1), "app")).taken, Taken::Fresh);
  ASSERT_EQ(must(other_.take_code(oauth_digest(1), "app")).taken, Taken::Used);
  EXPECT_EQ(must(other_.revoke_family(code(1).family, kIssuer, after(1))), 0u);
  EXPECT_EQ(must(store_.add_refresh(refresh(1, code(1).family))), Change::NotFound);
  EXPECT_FALSE(lives(1));
  EXPECT_EQ(must(store_.add_refresh(refresh(1, "another"))), Change::Done);
}

TEST_P(OAuthRefreshContract, ReuseOfATokenFromACode_AlsoKeepsTheFamilyEnded) {
  ASSERT_EQ(must(store_.add_code(code(1))), Change::Done);
  const std::string family = code(1).family;
  begin(refresh(1, family));
  ASSERT_EQ(rotate(1, refresh(2, family, after(1))), Rotation::Rotated);
  ASSERT_EQ(rotate(1, refresh(3, family, after(50))), Rotation::Reused);
  EXPECT_EQ(must(store_.add_refresh(refresh(4, family))), Change::NotFound);
}

TEST_P(OAuthRefreshContract, FamiliesBeyondMost_LeaveTheOldestOfThatUserAndClient) {
  const int most = static_cast<int>(kMostFamilies);
  begin(refresh(5001, "bert", after(-50), "bert"));
  begin(refresh(5002, "else", after(-50), "anna", "else"));
  const auto family = [](int i) { return "f" + std::to_string(i); };
  for (int i = 0; i < most; ++i) begin(refresh(i, family(i), after(i == 7 ? -20 : i)));
  ASSERT_EQ(rotate(7, refresh(600, family(7), after(500))), Rotation::Rotated);
  begin(refresh(700, family(700), after(-30)));  // the new one stays in any case
  for (const int gone : {7, 600}) EXPECT_FALSE(lives(gone)) << gone;  // begun first, however lately used
  for (const int kept : {0, 1, most - 1, 700, 5001, 5002}) EXPECT_TRUE(lives(kept)) << kept;
  EXPECT_THAT(revoked(), IsEmpty());
  EXPECT_EQ(must(store_.add_refresh(refresh(7, family(7), after(900)))), Change::Done);  // its family is free again
  EXPECT_FALSE(lives(700));
}

TEST_P(OAuthRefreshContract, TokensBeyondMostOfAFamily_UsedOnesLeaveFirst) {
  const int most = static_cast<int>(kMostOfFamily);
  begin(refresh(0));
  ASSERT_EQ(rotate(0, refresh(1, "f1", after(1))), Rotation::Rotated);
  ASSERT_EQ(rotate(0, refresh(2, "f1", after(1))), Rotation::Rotated);  // 1 is never used
  std::vector<RefreshRecord> tokens;
  for (int i = 2; i < most; ++i) tokens.push_back(refresh(i, "f1", after(i)));
  ASSERT_TRUE(backend_->rotate_in_turn(tokens));
  EXPECT_TRUE(lives(0));
  ASSERT_EQ(rotate(most - 1, refresh(most, "f1", after(most))), Rotation::Rotated);
  EXPECT_FALSE(lives(0));
  for (const int kept : {1, 2, most}) EXPECT_TRUE(lives(kept)) << kept;
  ASSERT_EQ(rotate(most, refresh(most + 1, "f1", after(most + 1))), Rotation::Rotated);
  EXPECT_FALSE(lives(2));  // used, while 1 is as old and was not
  for (const int kept : {1, 3, most + 1}) EXPECT_TRUE(lives(kept)) << kept;
  EXPECT_EQ(rotate(0, refresh(5000, "f1", after(9999))), Rotation::Unknown);
  EXPECT_EQ(must(store_.revoke_family("f1", kIssuer, after(0))), kMostOfFamily);
}

TEST_P(OAuthRefreshContract, TokensBeyondMostWhoseAccessTokensLive_EndTheFamily) {
  const int most = static_cast<int>(kMostOfFamily);
  begin(refresh(0));
  begin(refresh(9000, "f9"));
  std::vector<RefreshRecord> tokens;
  for (int i = 0; i < most; ++i) tokens.push_back(refresh(i, "f1", kNow + std::chrono::milliseconds(i)));
  ASSERT_TRUE(backend_->rotate_in_turn(tokens));
  EXPECT_EQ(rotate(most - 1, refresh(most, "f1", after(899))), Rotation::TooOften);  // the first one's access token may be accepted until 900
  for (const int gone : {0, 1, most - 1, most}) EXPECT_FALSE(lives(gone)) << gone;
  EXPECT_TRUE(lives(9000));
  EXPECT_EQ(revoked().size(), kMostOfFamily);
  EXPECT_EQ(rotate(most - 1, refresh(most, "f1", after(900))), Rotation::Unknown);
}

TEST_P(OAuthRefreshContract, RotatedByManyThreadsWithinGrace_AtMostAllowedThenTheFamilyEnds) {
  begin(refresh(1));
  std::atomic<int> rotated{0}, reused{0}, unknown{0};
  on_threads(12, [&](int i) {
    switch (must(either(i).rotate_refresh(oauth_digest(1), refresh(100 + i, "f1", after(i % 3)), kGrace, kIssuer))) {
      case Rotation::Rotated: ++rotated; break;
      case Rotation::Reused: ++reused; break;
      case Rotation::TooOften: break;
      case Rotation::Unknown: ++unknown; break;
    }
  });
  EXPECT_EQ(rotated, static_cast<int>(kMostSuccessors));
  EXPECT_EQ(reused, 1);
  EXPECT_EQ(unknown, 12 - 1 - static_cast<int>(kMostSuccessors));
  for (int i = 0; i < 12; ++i) EXPECT_FALSE(lives(100 + i)) << i;
  EXPECT_EQ(revoked().size(), kMostSuccessors + 1);
}

TEST_P(OAuthRefreshContract, RotatedByManyThreadsWithoutGrace_OneRotatesOneFindsTheReuse) {
  begin(refresh(1));
  std::atomic<int> rotated{0}, reused{0};
  // Every caller a moment later than any before it.
  std::mutex order;
  int moment = 0;
  on_threads(6, [&](int i) {
    const std::scoped_lock lock(order);
    const auto next = refresh(100 + i, "f1", after(++moment));
    const auto rotation = must(either(i).rotate_refresh(oauth_digest(1), next, Duration(0), kIssuer));
    if (rotation == Rotation::Rotated) ++rotated;
    if (rotation == Rotation::Reused) ++reused;
  });
  EXPECT_EQ(rotated, 1);
  EXPECT_EQ(reused, 1);
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(lives(100 + i)) << i;
}

TEST_P(OAuthRefreshContract, RevokedWhileOthersRotate_NothingIsLeft) {
  constexpr int kFamilies = 10;
  for (int i = 0; i < kFamilies; ++i) begin(refresh(i * 100, "f" + std::to_string(i)));
  std::atomic<int> left{0};
  on_threads(4, [&](int thread) {
    for (int i = 0; i < kFamilies; ++i) {
      const std::string family = "f" + std::to_string(i);
      if (thread == 0) {
        (void)must(store_.revoke_family(family, kIssuer, after(5)));
      } else {
        const int next = i * 100 + thread;
        (void)must(either(thread).rotate_refresh(oauth_digest(i * 100), refresh(next, family, after(1)), kGrace, kIssuer));
      }
    }
  });
  for (int token = 0; token < kFamilies * 100; ++token) left += lives(token) ? 1 : 0;
  EXPECT_EQ(left, 0);
  for (int i = 0; i < kFamilies; ++i) EXPECT_EQ(rotate(i * 100, refresh(5000, "f" + std::to_string(i), after(9))), Rotation::Unknown);
}

TEST_P(OAuthRefreshContract, FamilyBegunByManyThreads_BeginsOnce) {
  std::atomic<int> done{0};
  on_threads(8, [&](int i) {
    if (must(either(i).add_refresh(refresh(i))) == Change::Done) ++done;
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(must(store_.revoke_family("f1", kIssuer, kNow)), 1u);
}

INSTANTIATE_TEST_SUITE_P(Stores, OAuthRefreshContract, all_kinds(), kind_name);

}  // namespace
}  // namespace quivive::store
