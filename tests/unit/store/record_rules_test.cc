#include "store/record_rules.h"

#include <gtest/gtest.h>

namespace quivive::store {
namespace {

TEST(IsScopeToken, Text_FollowsRfc6749) {
  for (const std::string_view good : {"a", "orders:read", "https://api.example.com/x", "!#[]~", "a,b"}) EXPECT_TRUE(is_scope_token(good)) << good;
  for (const std::string_view bad : {"", " ", "a b", "a\tb", "a\"b", "a\\b", "a\nb", "\x7f", "\xc3\xa9"}) EXPECT_FALSE(is_scope_token(bad)) << bad;
  EXPECT_FALSE(is_scope_token(std::string_view("a\0b", 3)));
}

TEST(CheckRecord, UserWithoutNameOrWithBadRole_Refused) {
  UserRecord user{.name = "anna", .password_hash = {}, .roles = {"admin"}};
  EXPECT_TRUE(check_record(user));
  user.roles.push_back("two words");
  EXPECT_FALSE(check_record(user));
  user.roles.clear();
  user.name.clear();
  EXPECT_FALSE(check_record(user));
}

TEST(CheckRecord, KeyWithoutIdOrDigestOrWithBadScope_Refused) {
  const KeyRecord good{.id = "k", .digest = std::string(32, 'd')};
  EXPECT_TRUE(check_record(good));
  KeyRecord key = good;
  key.id.clear();
  EXPECT_FALSE(check_record(key));
  key = good;
  key.digest.pop_back();
  EXPECT_FALSE(check_record(key));
  key = good;
  key.scopes = {"a", ""};
  EXPECT_FALSE(check_record(key));
}

TEST(CheckRecord, RevocationWithoutItsName_Refused) {
  using enum RevocationKind;
  struct Row {
    std::string issuer;
    RevocationKind kind;
    std::string value;
    bool good;
  };
  for (const Row& row : {Row{"i", TokenId, "j", true}, {"i", TokenId, "", false}, {"i", Subject, "s", true}, {"i", Subject, "", false},
                         {"i", IssuedBefore, "", true}, {"i", IssuedBefore, "x", false}, {"", TokenId, "j", false}}) {
    EXPECT_EQ(check_record(Revocation{.issuer = row.issuer, .kind = row.kind, .value = row.value}).has_value(), row.good)
        << row.issuer << static_cast<int>(row.kind) << row.value;
  }
}

TEST(Wider, TwoRevocations_KeepTheLaterCutoffAndTheLongerMemory) {
  const auto at = [](int seconds) { return from_unix_seconds(seconds); };
  const Revocation a{.issuer = "i", .kind = RevocationKind::Subject, .value = "s", .cutoff = at(10), .created = at(5), .forget = at(100)};
  Revocation b = a;
  b.cutoff = at(20);
  b.created = at(6);
  b.forget = at(90);
  for (const Revocation& merged : {wider(a, b), wider(b, a)}) {
    EXPECT_EQ(merged.cutoff, at(20));
    EXPECT_EQ(merged.created, at(5));
    EXPECT_EQ(merged.forget, at(100));
    EXPECT_EQ(merged.value, "s");
  }
  b.forget = std::nullopt;
  EXPECT_EQ(wider(a, b).forget, std::nullopt);
  EXPECT_EQ(wider(b, a).forget, std::nullopt);
}

TEST(ToMinute, Instant_IsRoundedDown) {
  EXPECT_EQ(to_minute(Instant{Duration{119'999}}), from_unix_seconds(60));
  EXPECT_EQ(to_minute(from_unix_seconds(60)), from_unix_seconds(60));
}

}  // namespace
}  // namespace quivive::store
