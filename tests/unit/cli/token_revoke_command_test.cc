#include "backends/sqlite_store.h"
#include "command_test.h"

namespace quivive::cli {
namespace {

using store::Revocation;
using store::RevocationKind;
using testing::ElementsAre;
using testing::HasSubstr;

class TokenRevokeCommandTest : public CommandTest {
 protected:
  TokenRevokeCommandTest() { EXPECT_TRUE(backends::SqliteStore::open(folder_.path("store.db"))); }
  Outcome revoke(const std::vector<std::string>& more) {
    std::vector<std::string> words = {"token", "revoke", "--issuer", "https://id.example.com"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  std::vector<Revocation> stored() { return backends::SqliteStore::open(folder_.path("store.db")).value()->list_revocations().value(); }
  Revocation expected(RevocationKind kind, std::string value) {
    return {.issuer = "https://id.example.com", .kind = kind, .value = std::move(value), .cutoff = clock_.now(), .created = clock_.now()};
  }
};

TEST_F(TokenRevokeCommandTest, OneWay_IsStored) {
  EXPECT_EQ(revoke({"--jti", "j1"}).status, kDone);
  EXPECT_THAT(stored(), ElementsAre(expected(RevocationKind::TokenId, "j1")));
  EXPECT_EQ(revoke({"--subject", "anna"}).status, kDone);
  EXPECT_EQ(revoke({"--issued-before", "2026-11-24T10:03:31+00:30"}).status, kDone);
  Revocation before = expected(RevocationKind::IssuedBefore, "");
  before.cutoff -= std::chrono::minutes(30);
  EXPECT_THAT(stored(), ElementsAre(expected(RevocationKind::TokenId, "j1"), expected(RevocationKind::Subject, "anna"), before));
}

TEST_F(TokenRevokeCommandTest, Keep_IsForgottenByALaterCommand) {
  EXPECT_EQ(revoke({"--jti", "old", "--keep", "1h"}).status, kDone);
  EXPECT_EQ(stored().at(0).forget, clock_.now() + std::chrono::hours(1));
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(revoke({"--jti", "new"}).status, kDone);
  EXPECT_THAT(stored(), ElementsAre(expected(RevocationKind::TokenId, "new")));
}

TEST_F(TokenRevokeCommandTest, WrongInput_StoresNothing) {
  struct Row {
    std::vector<std::string> words;
    std::string part;
  };
  for (const Row& row : {Row{{}, "say which tokens"}, {{"--jti", "a", "--subject", "b"}, "in one way"}, {{"--jti", ""}, "say which tokens"},
                         {{"--issued-before", "yesterday"}, "--issued-before is an instant"}, {{"--issued-before", "2026-11-25"}, "in the future"},
                         {{"--jti", "a", "--keep", "0s"}, "--keep"}, {{"--jti", "a", "--keep", "x"}, "--keep"}}) {
    const auto result = revoke(row.words);
    EXPECT_EQ(result.status, kWrong) << row.part;
    EXPECT_THAT(result.err, HasSubstr(row.part));
    expect_one_line(result.err);
  }
  const auto without = run({"token", "revoke", "--jti", "x"});
  EXPECT_EQ(without.status, kWrong);
  EXPECT_THAT(without.err, HasSubstr("--issuer URL is missing"));
  EXPECT_EQ(run({"token", "revoke", "--issuer", "", "--jti", "x"}).status, kWrong);
  EXPECT_TRUE(stored().empty());
}

}  // namespace
}  // namespace quivive::cli
