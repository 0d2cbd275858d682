#include "store/revocation_set.h"

#include "support/allocation_count.h"

#include <gtest/gtest.h>

#include <limits>

namespace quivive::store {
namespace {

constexpr std::string_view kIssuer = "https://id.example.com";

Revocation token(std::string jti) { return {.issuer = std::string(kIssuer), .kind = RevocationKind::TokenId, .value = std::move(jti)}; }
Revocation subject(std::string sub, Instant cutoff) {
  return {.issuer = std::string(kIssuer), .kind = RevocationKind::Subject, .value = std::move(sub), .cutoff = cutoff};
}
Revocation issued_before(Instant cutoff) { return {.issuer = std::string(kIssuer), .kind = RevocationKind::IssuedBefore, .cutoff = cutoff}; }

RevocationSet set_of(std::vector<Revocation> revocations) { return RevocationSet(revocations); }

TEST(RevocationSet, Empty_RevokesNothing) {
  EXPECT_TRUE(RevocationSet{}.empty());
  EXPECT_FALSE(RevocationSet{}.revoked(kIssuer, "j", "s", std::nullopt));
}

TEST(RevocationSet, TokenId_RefusesThatTokenOfThatIssuer) {
  const auto set = set_of({token("j1"), token("j2")});
  EXPECT_FALSE(set.empty());
  EXPECT_TRUE(set.revoked(kIssuer, "j1", "s", 1000));
  EXPECT_TRUE(set.revoked(kIssuer, "j2", "", std::nullopt));
  EXPECT_FALSE(set.revoked(kIssuer, "j3", "j1", 1000));
  EXPECT_FALSE(set.revoked(kIssuer, "J1", "s", 1000));
  EXPECT_FALSE(set.revoked(kIssuer, "", "s", 1000));
  EXPECT_FALSE(set.revoked("https://id.example.com/", "j1", "s", 1000));
}

TEST(RevocationSet, Subject_RefusesTokensBeforeTheCutoff) {
  const auto set = set_of({subject("anna", from_unix_seconds(1000)), subject("anna", from_unix_seconds(500))});
  EXPECT_TRUE(set.revoked(kIssuer, "j", "anna", 999));
  EXPECT_FALSE(set.revoked(kIssuer, "j", "anna", 1000));
  EXPECT_TRUE(set.revoked(kIssuer, "j", "anna", std::nullopt));  // without iat: nothing shows that it is newer
  EXPECT_FALSE(set.revoked(kIssuer, "j", "bert", 1));
  EXPECT_FALSE(set.revoked(kIssuer, "anna", "", 1));
  EXPECT_FALSE(set.revoked("https://other.example", "j", "anna", 1));
}

TEST(RevocationSet, IssuedBefore_RefusesEveryOlderToken) {
  const auto set = set_of({issued_before(from_unix_seconds(500)), issued_before(from_unix_seconds(1000))});
  EXPECT_TRUE(set.revoked(kIssuer, "", "", 999));
  EXPECT_TRUE(set.revoked(kIssuer, "j", "s", std::nullopt));
  EXPECT_FALSE(set.revoked(kIssuer, "j", "s", 1000));
  EXPECT_FALSE(set.revoked("https://other.example", "", "", 1));
}

TEST(RevocationSet, CutoffWithinASecond_RefusesTheWholeSecond) {
  const auto set = set_of({issued_before(Instant{Duration{10'001}})});
  EXPECT_TRUE(set.revoked(kIssuer, "j", "s", 10));
  EXPECT_FALSE(set.revoked(kIssuer, "j", "s", 11));
}

TEST(RevocationSet, ExtremeIssuedAt_DoesNotOverflow) {
  const auto set = set_of({issued_before(from_unix_seconds(1000))});
  EXPECT_TRUE(set.revoked(kIssuer, "j", "s", std::numeric_limits<std::int64_t>::min()));
  EXPECT_FALSE(set.revoked(kIssuer, "j", "s", std::numeric_limits<std::int64_t>::max()));
}

TEST(RevocationSet, LookUp_AllocatesNothing) {
  const auto set = set_of({token("a-token-id-that-is-longer-than-any-small-string-buffer"), subject("anna", from_unix_seconds(1000))});
  const std::string_view jti = "another-token-id-that-is-longer-than-any-small-string-buffer";
  const auto before = support::allocations();
  const bool revoked = set.revoked(kIssuer, jti, jti, 5);
  const auto after = support::allocations();
  EXPECT_FALSE(revoked);
  EXPECT_EQ(after, before);
  EXPECT_GT(after, 0u);  // the counter counts
}

}  // namespace
}  // namespace quivive::store
