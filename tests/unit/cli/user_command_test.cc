#include "backends/sqlite_store.h"
#include "command_test.h"
#include "crypto/password.h"

namespace quivive::cli {
namespace {

using testing::HasSubstr;

class UserCommandTest : public CommandTest {
 protected:
  std::optional<store::UserRecord> record(const std::string& name) {
    return backends::SqliteStore::open(folder_.path("store.db")).value()->find_user(name).value();
  }
  bool matches(const std::string& name, std::string_view password) {
    return crypto::verify_password(record(name)->password_hash, password) == crypto::PasswordVerdict::Match;
  }
};

TEST_F(UserCommandTest, AddFromStandardInput_StoresAHash) {
  const auto result = run({"user", "add", "alice", "--role", "admin", "--role", "ops", "--password-stdin"}, "correct horse\nmore\n");
  ASSERT_EQ(result.status, kDone) << result.err;
  EXPECT_EQ(result.out, "added alice   roles admin ops\n");
  const auto alice = record("alice");
  ASSERT_TRUE(alice);
  EXPECT_EQ(alice->roles, (std::vector<std::string>{"admin", "ops"}));
  EXPECT_EQ(alice->created, clock_.now());
  EXPECT_EQ(crypto::password_hash_kind(alice->password_hash), crypto::PasswordHashKind::Argon2id);
  EXPECT_TRUE(matches("alice", "correct horse"));
  for (const char* file : {"store.db", "store.db-wal"}) EXPECT_EQ(folder_.read(file).find("correct horse"), std::string::npos);
}

TEST_F(UserCommandTest, LineEndings_AreNoPartOfThePassword) {
  ASSERT_EQ(run({"user", "add", "a", "--password-stdin"}, "secret\r\n").status, kDone);
  ASSERT_EQ(run({"user", "add", "b", "--password-stdin"}, "secret").status, kDone);
  EXPECT_TRUE(matches("a", "secret"));
  EXPECT_TRUE(matches("b", "secret"));
}

TEST_F(UserCommandTest, AddFromPrompt_AsksTwice) {
  terminal_.answers = {"secret", "secret"};
  EXPECT_EQ(run({"user", "add", "alice"}).status, kDone);
  EXPECT_TRUE(matches("alice", "secret"));

  terminal_.answers = {"secret", "secrte"};
  const auto differ = run({"user", "passwd", "alice"});
  EXPECT_EQ(differ.status, kWrong);
  EXPECT_THAT(differ.err, HasSubstr("differ; nothing was changed"));
  EXPECT_TRUE(matches("alice", "secret"));

  terminal_.answers = {"other"};  // then Ctrl-C
  EXPECT_EQ(run({"user", "passwd", "alice"}).status, kWrong);
  terminal_.is_present = false;
  const auto absent = run({"user", "passwd", "alice"});
  EXPECT_EQ(absent.status, kWrong);
  EXPECT_THAT(absent.err, HasSubstr("--password-stdin"));
  EXPECT_TRUE(matches("alice", "secret"));
}

TEST_F(UserCommandTest, AddTwice_IsNoAndTheFirstStays) {
  ASSERT_EQ(run({"user", "add", "alice", "--password-stdin"}, "first\n").status, kDone);
  const auto again = run({"user", "add", "alice", "--password-stdin"}, "second\n");
  EXPECT_EQ(again.status, kNo);
  EXPECT_THAT(again.err, HasSubstr("there is a user 'alice' already"));
  expect_one_line(again.err);
  EXPECT_TRUE(matches("alice", "first"));
}

TEST_F(UserCommandTest, WrongInput_AddsNobodyAndRepeatsNoPassword) {
  struct Row {
    std::string name, role, password, part;
  };
  for (const Row& row : {Row{"a:b", "r", "s3cret", "':'"}, {"", "r", "s3cret", "1 to 255"}, {"a\tb", "r", "s3cret", "control"},
                         {"\xff", "r", "s3cret", "UTF-8"}, {"a", "two roles", "s3cret", "--role"}, {"a", "r", "", "empty"},
                         {"a", "r", "s3cret\x07", "control character"}, {"a", "r", std::string("s3cret\0x", 8), "control character"},
                         {"a", "r", "s3cret\xff", "UTF-8"}, {"a", "r", "s3cret" + std::string(1100, 'x'), "1024"}}) {
    const auto result = run({"user", "add", row.name, "--role", row.role, "--password-stdin"}, row.password + "\n");
    EXPECT_EQ(result.status, kWrong) << row.part;
    EXPECT_THAT(result.err, HasSubstr(row.part));
    EXPECT_EQ(result.err.find("s3cret"), std::string::npos);
    expect_one_line(result.err);
  }
  ASSERT_TRUE(backends::SqliteStore::open(folder_.path("store.db")));
  EXPECT_EQ(run({"user", "list", "--json"}).out, "[]\n");
}

TEST_F(UserCommandTest, Passwd_ReplacesThePassword) {
  ASSERT_EQ(run({"user", "add", "alice", "--password-stdin"}, "first\n").status, kDone);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(run({"user", "passwd", "alice", "--password-stdin"}, "second\n").status, kDone);
  EXPECT_TRUE(matches("alice", "second"));
  EXPECT_FALSE(matches("alice", "first"));
  EXPECT_EQ(record("alice")->changed, clock_.now());
}

TEST_F(UserCommandTest, DisableEnableRemove_DoAsTheySay) {
  ASSERT_EQ(run({"user", "add", "alice", "--password-stdin"}, "first\n").status, kDone);
  EXPECT_EQ(run({"user", "disable", "alice"}).status, kDone);
  EXPECT_TRUE(record("alice")->disabled);
  EXPECT_THAT(run({"user", "list"}).out, HasSubstr("alice  disabled  none   2026-11-24"));
  EXPECT_EQ(run({"user", "enable", "alice"}).status, kDone);
  EXPECT_FALSE(record("alice")->disabled);
  EXPECT_EQ(run({"user", "list", "--json"}).out,
            R"([{"name":"alice","roles":[],"disabled":false,"created":"2026-11-24T10:03:31Z","changed":"2026-11-24T10:03:31Z"}])"
            "\n");
  EXPECT_EQ(run({"user", "remove", "alice"}).status, kDone);
  EXPECT_FALSE(record("alice"));
  EXPECT_THAT(run({"user", "list"}).out, HasSubstr("quivive user add"));
}

TEST_F(UserCommandTest, UnknownUser_IsNo) {
  ASSERT_TRUE(backends::SqliteStore::open(folder_.path("store.db")));
  for (const char* verb : {"passwd", "disable", "enable", "remove"}) {
    const auto result = run({"user", verb, "no\x1b[body"});
    EXPECT_EQ(result.status, kNo) << verb;
    EXPECT_THAT(result.err, HasSubstr("there is no user 'no\\x1b[body'"));
    expect_one_line(result.err);
  }
}

}  // namespace
}  // namespace quivive::cli
