#include "store/record_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

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

DigestSecret digest(std::string realm, crypto::HashKind hash) {
  const std::size_t digits = 2 * crypto::digest_size(hash);
  return {.realm = std::move(realm), .hash = hash, .secret = Secret{std::string(digits, 'a')}, .user_hash = std::string(digits, '0')};
}

TEST(CheckDigests, EachRule_HoldsForUsersAndAlone) {
  using enum crypto::HashKind;
  struct Row {
    std::string name;
    std::function<void(UserRecord&)> change;
    std::string error;  // "" where it is allowed
  };
  const auto secret = [](std::string text) { return [=](UserRecord& user) { user.digests[1].secret = Secret{text}; }; };
  const auto user_hash = [](std::string text) { return [=](UserRecord& user) { user.digests[1].user_hash = text; }; };
  const auto hash = [](crypto::HashKind kind) { return [=](UserRecord& user) { user.digests[1] = digest("b", kind); }; };
  const auto realm = [](std::string text) { return [=](UserRecord& user) { user.digests[1].realm = text; }; };
  for (const Row& row : std::vector<Row>{
           {"as it is", [](UserRecord&) {}, ""},
           {"none", [](UserRecord& user) { user.digests.clear(); }, ""},
           {"MD5", hash(Md5), ""},
           {"SHA-512-256", hash(Sha512_256), ""},
           {"SHA-1", hash(Sha1), "MD5, SHA-256 or SHA-512-256"},
           {"SHA-384", hash(Sha384), "MD5, SHA-256 or SHA-512-256"},
           {"SHA-512", hash(Sha512), "MD5, SHA-256 or SHA-512-256"},
           {"empty secret", secret(""), "secret of this hash is 64"},
           {"short secret", secret(std::string(63, 'a')), "secret of this hash is 64"},
           {"long secret", secret(std::string(65, 'a')), "secret of this hash is 64"},
           {"secret in upper case", secret(std::string(64, 'A')), "secret of this hash is 64"},
           {"a password", secret("correct horse" + std::string(51, '!')), "secret of this hash is 64"},
           {"empty user_hash", user_hash(""), "user_hash of this hash is 64"},
           {"user_hash of another hash", user_hash(std::string(32, 'a')), "user_hash of this hash is 64"},
           {"user_hash in upper case", user_hash(std::string(64, 'B')), "user_hash of this hash is 64"},
           {"empty realm", realm(""), ""},
           {"any text as realm", realm("é \"x\" a:b"), ""},
           {"line feed in the realm", realm("a\nb"), "control"},
           {"NUL in the realm", realm(std::string(1, '\0')), "control"},
           {"DEL in the realm", realm("\x7f"), "control"},
           {"realm and hash twice", realm("a"), "the realm 'a'"},
           {"realm twice, two hashes", [](UserRecord& user) { user.digests[1] = digest("a", Md5); }, ""},
           {"colon in the name", [](UserRecord& user) { user.name = "a:b"; }, "':'"},
           {"colon in the name, no digest", [](UserRecord& user) { user.name = "a:b"; user.digests.clear(); }, ""},
       }) {
    UserRecord user{.name = "anna", .digests = {digest("a", Sha256), digest("b", Sha256)}};
    row.change(user);
    for (const auto& checked : {check_record(user), check_digests(user.name, user.digests)}) {
      EXPECT_EQ(checked.has_value(), row.error.empty()) << row.name;
      if (checked) continue;
      EXPECT_THAT(checked.error().message, testing::HasSubstr(row.error)) << row.name;
      EXPECT_EQ(checked.error().message.find("correct horse"), std::string::npos);
    }
  }
}

TEST(InOrder, Digests_ByRealmThenHash) {
  using enum crypto::HashKind;
  const auto sorted = in_order({digest("b", Md5), digest("a", Sha512_256), digest("a", Md5), digest("", Sha256), digest("a", Sha256)});
  std::vector<std::pair<std::string, crypto::HashKind>> names;
  for (const auto& one : sorted) names.emplace_back(one.realm, one.hash);
  EXPECT_EQ(names, (decltype(names){{"", Sha256}, {"a", Md5}, {"a", Sha256}, {"a", Sha512_256}, {"b", Md5}}));
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

TEST(CheckRecord, Session_EachRule) {
  struct Row {
    std::string name;
    std::function<void(SessionRecord&)> change;
    bool good;
  };
  for (const Row& row : std::vector<Row>{
           {"as it is", [](SessionRecord&) {}, true},
           {"short digest", [](SessionRecord& s) { s.digest.pop_back(); }, false},
           {"digest in hexadecimal", [](SessionRecord& s) { s.digest = std::string(64, 'a'); }, false},
           {"no user", [](SessionRecord& s) { s.user.clear(); }, false},
           {"no tag", [](SessionRecord& s) { s.password_tag.clear(); }, false},
           {"longest tag", [](SessionRecord& s) { s.password_tag.assign(kMaxPasswordTag, '\0'); }, true},
           {"longer tag", [](SessionRecord& s) { s.password_tag.assign(kMaxPasswordTag + 1, 't'); }, false},
           {"no client", [](SessionRecord& s) { s.client.clear(); }, true},
           {"longest client", [](SessionRecord& s) { s.client.assign(kMaxSessionClient, 'c'); }, true},
           {"longer client", [](SessionRecord& s) { s.client.assign(kMaxSessionClient + 1, 'c'); }, false},
           {"escape in the client", [](SessionRecord& s) { s.client = "\x1b[2J"; }, false},
           {"DEL in the client", [](SessionRecord& s) { s.client = "\x7f"; }, false},
           {"expires at once", [](SessionRecord& s) { s.expires = s.created; }, true},
           {"expires before", [](SessionRecord& s) { s.expires = s.created - Duration(1); }, false},
           {"revoked", [](SessionRecord& s) { s.revoked = s.created; }, false},
       }) {
    SessionRecord session{.digest = std::string(32, 'd'), .user = "anna", .password_tag = "t", .client = "2001:db8::1",
                          .created = from_unix_seconds(5), .seen = from_unix_seconds(5), .expires = from_unix_seconds(9), .revoked = {}};
    row.change(session);
    EXPECT_EQ(check_record(session).has_value(), row.good) << row.name;
  }
}

TEST(SessionId, Digest_GivesSixteenDigitsAndBack) {
  const SessionRecord session{.digest = std::string("\x00\x1f\xab\xcd\xef\x80\x00\xff", 8) + std::string(24, 'd')};
  EXPECT_EQ(session_id(session), "001fabcdef8000ff");
  EXPECT_EQ(octets_of_session_id("001fabcdef8000ff"), session.digest.substr(0, 8));
  for (const std::string_view none : {"", "001fabcdef8000f", "001fabcdef8000ff0", "001FABCDEF8000FF", "001fabcdef8000fg", "001fabcdef8000ff001fabcdef8000ff"}) {
    EXPECT_FALSE(octets_of_session_id(none)) << none;
  }
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
