#include "backends/sqlite_store.h"
#include "command_test.h"

#include <fstream>

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

// Threat: a slash too many, and what was to be revoked goes on working while the command says that it does not.
TEST_F(TokenRevokeCommandTest, IssuerThatNobodyTakes_IsRefusedWhereAConfigurationSaysSo) {
  const std::string config = folder_.path("quivive.yaml");
  std::ofstream(config) << "store: sqlite:" << folder_.path("store.db")
                        << "\nupstream: http://127.0.0.1:9\nissuer: http://127.0.0.1:27480\n"
                           "accept: {basic: {}, bearer: {issuers: [{issuer: 'https://id.example.com', audience: api}]}}\n"
                           "routes: [{path: /, accept: [bearer]}]\n";
  const auto asked = [&](const std::string& issuer) { return run_raw({"token", "revoke", "--issuer", issuer, "--subject", "anna", "--config", config}); };
  for (const auto& [issuer, hint] : {std::pair<std::string, std::string>{"http://127.0.0.1:27480/", "did you mean 'http://127.0.0.1:27480'?"},
                                     {"https://id.example.com/", "did you mean 'https://id.example.com'?"},
                                     {"nonsense", "there is https://id.example.com, http://127.0.0.1:27480"}}) {
    const auto result = asked(issuer);
    EXPECT_EQ(result.status, kWrong) << issuer;
    EXPECT_THAT(result.err, AllOf(HasSubstr("no issuer '" + issuer + "' is configured in "), HasSubstr(hint)));
    expect_one_line(result.err);
  }
  EXPECT_TRUE(stored().empty());
  for (const std::string issuer : {"https://id.example.com", "http://127.0.0.1:27480"}) {
    const auto result = asked(issuer);
    EXPECT_EQ(result.status, kDone) << result.err;
    EXPECT_EQ(result.err, "");
  }
  EXPECT_EQ(stored().size(), 2u);
}

TEST_F(TokenRevokeCommandTest, StoreAlone_SaysThatTheIssuerWasNotChecked) {
  const auto result = revoke({"--jti", "j1"});
  EXPECT_EQ(result.status, kDone);
  EXPECT_THAT(result.err, AllOf(HasSubstr("https://id.example.com"), HasSubstr("--config FILE checks it")));
  expect_one_line(result.err);
}

}  // namespace
}  // namespace quivive::cli
