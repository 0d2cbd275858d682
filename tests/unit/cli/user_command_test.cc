#include "backends/sqlite_store.h"
#include "command_test.h"
#include "crypto/password.h"
#include "digest/response.h"

namespace quivive::cli {
namespace {

using testing::HasSubstr;

class UserCommandTest : public CommandTest {
 protected:
  using Lines = std::vector<std::string>;

  // "realm algorithm" of each Digest secret, all of which have to be those of this password.
  Lines digests(const std::string& name, std::string_view password) {
    digest::DigestHasher hasher;
    Lines out;
    const auto user = record(name);
    for (const store::DigestSecret& one : user->digests) {
      EXPECT_EQ(one.secret.reveal(RevealSecret{}), hasher.secret(one.hash, name, one.realm, password).view());
      EXPECT_EQ(one.user_hash, hasher.user_hash(one.hash, name, one.realm).view());
      out.push_back(one.realm + (one.hash == crypto::HashKind::Md5 ? " MD5" : one.hash == crypto::HashKind::Sha256 ? " SHA-256" : " SHA-512-256"));
    }
    return out;
  }
  // A configuration whose store is store.db.
  std::string config(std::string_view accept, std::string_view rest = "realm: api") {
    return folder_.write("quivive.yaml", fmt::format("upstream: http://127.0.0.1:9000\nstore: sqlite:store.db\n{}\naccept: {}\n", rest, accept));
  }
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
  ASSERT_TRUE(backends::SqliteStore::open(folder_.path("store.db")));  // there, so that nothing is said of it
  struct Row {
    std::string name, role, password, part;
  };
  for (const Row& row : {Row{"a:b", "r", "s3cret", "':'"}, {"", "r", "s3cret", "1 to 255"}, {"a\tb", "r", "s3cret", "control"},
                         {"\xff", "r", "s3cret", "UTF-8"}, {"a", "two roles", "s3cret", "--role"}, {"a", "r", "", "empty"},
                         {"a", "r", "s3cret\x07", "control character"}, {"a", "r", std::string("s3cret\0x", 8), "control character"},
                         {"a", "r", "s3cret\xff", "UTF-8"}, {"a", "r", "s3cret" + std::string(5000, 'x'), "more than 1024 octets"}}) {
    const auto result = run({"user", "add", row.name, "--role", row.role, "--password-stdin"}, row.password + "\n");
    EXPECT_EQ(result.status, kWrong) << row.part;
    EXPECT_THAT(result.err, HasSubstr(row.part));
    EXPECT_EQ(result.err.find("s3cret"), std::string::npos);
    expect_one_line(result.err);
  }
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

TEST_F(UserCommandTest, AddWithDigest_KeepsASecretForEachRealmAndHash) {
  struct Row {
    std::string accept, rest;
    Lines realms, expected;
    std::string shown;
  };
  const std::string routes = "realm: api\nroutes:\n"
                             "- {path: /staff/, accept: [digest], realm: 'Staff area'}\n- {path: /old/, accept: [basic], realm: other}\n"
                             "- {path: /again/, accept: [digest, basic], realm: 'Staff area'}\n- {path: /open/, public: true, realm: open}\n- {path: /}";
  for (const Row& row : {
           Row{"{digest: {}}", "realm: api", {}, {"api SHA-256"}, "api"},
           {"{digest: {}}", "", {}, {"quivive SHA-256"}, "quivive"},
           {"{digest: {algorithms: [SHA-256, MD5]}}", "realm: api", {}, {"api MD5", "api SHA-256"}, "api"},
           {"{digest: {algorithms: [SHA-512-256, SHA-256, SHA-256-sess]}}", "realm: api", {}, {"api SHA-256", "api SHA-512-256"}, "api"},
           {"{digest: {}, basic: {}}", routes, {}, {"Staff area SHA-256", "api SHA-256"}, "api, Staff area"},
           {"{digest: {algorithms: [MD5]}}", "realm: api", {"mine", "mine", "é \"2\""}, {"mine MD5", "é \"2\" MD5"}, "mine, é \"2\""},
           {"{basic: {}}", "realm: api", {"later"}, {"later SHA-256"}, "later"},
       }) {
    std::vector<std::string> words = {"user", "add", "alice", "--digest", "--password-stdin", "--config", config(row.accept, row.rest)};
    for (const std::string& realm : row.realms) words.insert(words.end(), {"--realm", realm});
    const auto result = run_raw(words, "secret\n");
    ASSERT_EQ(result.status, kDone) << result.err;
    EXPECT_EQ(result.out, "added alice   roles none   digest " + row.shown + '\n');
    EXPECT_EQ(digests("alice", "secret"), row.expected);
    EXPECT_TRUE(matches("alice", "secret"));
    const auto secret = std::string(record("alice")->digests[0].secret.reveal(RevealSecret{}));
    EXPECT_EQ((run({"user", "list"}).out + run({"user", "list", "--json"}).out).find(secret), std::string::npos);
    ASSERT_EQ(run({"user", "remove", "alice"}).status, kDone);
  }
}

TEST_F(UserCommandTest, AddWithDigestToAStoreAlone_TakesTheRealmsGiven) {
  ASSERT_EQ(run({"user", "add", "alice", "--digest", "--realm", "a", "--realm", "b", "--password-stdin"}, "secret\n").status, kDone);
  EXPECT_EQ(digests("alice", "secret"), (Lines{"a SHA-256", "b SHA-256"}));
  EXPECT_THAT(run({"user", "list"}).out, HasSubstr("alice  active  none   a, b    2026-11-24"));
  EXPECT_THAT(run({"user", "list", "--json"}).out,
              HasSubstr(R"("digests":[{"realm":"a","algorithm":"SHA-256"},{"realm":"b","algorithm":"SHA-256"}])"));
}

TEST_F(UserCommandTest, DigestThatCannotBe_ChangesNothingAndSaysWhatToDo) {
  ASSERT_EQ(run({"user", "add", "bert", "--digest", "--realm", "r", "--password-stdin"}, "first\n").status, kDone);
  struct Row {
    Lines words;
    std::string accept;  // of a configuration; "" for --store alone
    std::string part;
  };
  for (const Row& row : {Row{{"--digest"}, "", "give --realm"}, {{"--digest"}, "{basic: {}}", "quivive.yaml does not accept Digest"},
                         {{"--realm", "r"}, "", "add --digest"}, {{"--realm", "r"}, "{digest: {}}", "add --digest"},
                         {{"--digest", "--realm", ""}, "", "--realm takes one realm"}, {{"--digest", "--realm", "a\nb"}, "{digest: {}}", "--realm takes one realm"},
                         {{"--digest", "--realm", "\xff"}, "", "--realm takes one realm"}, {{"--digest"}, "{digest: {algorithms: [SHA-1]}}", "the configuration is wrong"}}) {
    for (const auto& [verb, name] : {std::pair("add", "alice"), std::pair("passwd", "bert")}) {
      std::vector<std::string> words = {"user", verb, name, "--password-stdin"};
      words.insert(words.end(), row.words.begin(), row.words.end());
      if (!row.accept.empty()) words.insert(words.end(), {"--config", config(row.accept)});
      const auto result = row.accept.empty() ? run(words, "second\n") : run_raw(words, "second\n");
      EXPECT_EQ(result.status, kWrong) << row.part;
      EXPECT_THAT(result.err, HasSubstr(row.part)) << verb;
      if (result.err.find("the configuration is wrong") == std::string::npos) expect_one_line(result.err);
    }
  }
  EXPECT_FALSE(record("alice"));
  EXPECT_EQ(digests("bert", "first"), Lines{"r SHA-256"});
  const auto colon = run({"user", "add", "a:b", "--digest", "--realm", "r", "--password-stdin"}, "second\n");
  EXPECT_EQ(colon.status, kWrong);
  EXPECT_THAT(colon.err, HasSubstr("':'"));
}

// Whoever takes MD5 out of the configuration wants it out of the store.
TEST_F(UserCommandTest, Passwd_MakesNoSecretsForAlgorithmsThatAreNotOfferedAnyMore) {
  const auto add = [&](const std::string& accept) {
    (void)run({"user", "remove", "alice"});
    return run_raw({"user", "add", "alice", "--digest", "--realm", "api", "--realm", "elsewhere", "--config", config(accept), "--password-stdin"}, "first\n");
  };
  const auto passwd = [&](const std::string& accept) {
    return run_raw({"user", "passwd", "alice", "--config", config(accept), "--password-stdin"}, "second\n");
  };
  ASSERT_EQ(add("{digest: {algorithms: [SHA-256, MD5]}}").status, kDone);
  EXPECT_EQ(passwd("{digest: {}}").out, "changed, for Digest too (realm api, elsewhere); the old password is refused from now on\n");
  // A realm that this configuration does not have may be another gateway's.
  EXPECT_EQ(digests("alice", "second"), (Lines{"api SHA-256", "elsewhere MD5", "elsewhere SHA-256"}));
  EXPECT_EQ(passwd("{digest: {algorithms: [SHA-256, SHA-512-256]}}").status, kDone);
  EXPECT_EQ(digests("alice", "second"), (Lines{"api SHA-256", "api SHA-512-256", "elsewhere MD5", "elsewhere SHA-256"}));

  ASSERT_EQ(add("{digest: {algorithms: [MD5]}}").status, kDone);
  EXPECT_EQ(passwd("{basic: {}}").status, kDone);
  EXPECT_EQ(digests("alice", "second"), (Lines{"api MD5", "elsewhere MD5"}));

  ASSERT_EQ(run({"user", "add", "bert", "--password-stdin"}, "first\n").status, kDone);
  ASSERT_EQ(run_raw({"user", "passwd", "bert", "--digest", "--config", config("{digest: {algorithms: [SHA-256, MD5]}}"), "--password-stdin"}, "second\n").status, kDone);
  const auto dropped = run_raw({"user", "passwd", "bert", "--config", config("{digest: {}}"), "--password-stdin"}, "third\n");
  EXPECT_EQ(dropped.out, "changed, for Digest too (realm api); no secret for MD5 is kept any more; the old password is refused from now on\n");
  EXPECT_EQ(digests("bert", "third"), Lines{"api SHA-256"});
}

TEST_F(UserCommandTest, Passwd_MakesTheDigestsAnew) {
  const std::string file = config("{digest: {algorithms: [SHA-256, MD5]}}");
  ASSERT_EQ(run({"user", "add", "alice", "--digest", "--realm", "a", "--realm", "b", "--password-stdin"}, "first\n").status, kDone);
  const auto changed = run({"user", "passwd", "alice", "--password-stdin"}, "second\n");
  EXPECT_EQ(changed.out, "changed, for Digest too (realm a, b); the old password is refused from now on\n");
  EXPECT_EQ(digests("alice", "second"), (Lines{"a SHA-256", "b SHA-256"}));

  ASSERT_EQ(run_raw({"user", "passwd", "alice", "--config", file, "--password-stdin"}, "third\n").status, kDone);
  EXPECT_EQ(digests("alice", "third"), (Lines{"a SHA-256", "b SHA-256"}));
  const auto anew = run_raw({"user", "passwd", "alice", "--digest", "--config", file, "--password-stdin"}, "fourth\n");
  EXPECT_EQ(anew.out, "changed, for Digest too (realm api); the old password is refused from now on\n");
  EXPECT_EQ(digests("alice", "fourth"), (Lines{"api MD5", "api SHA-256"}));
  EXPECT_TRUE(matches("alice", "fourth"));

  ASSERT_EQ(run({"user", "add", "bert", "--password-stdin"}, "first\n").status, kDone);
  EXPECT_EQ(run({"user", "passwd", "bert", "--password-stdin"}, "second\n").out, "changed; the old password is refused from now on\n");
  EXPECT_EQ(digests("bert", "second"), Lines{});
  ASSERT_EQ(run({"user", "passwd", "bert", "--digest", "--realm", "r", "--password-stdin"}, "third\n").status, kDone);
  EXPECT_EQ(digests("bert", "third"), Lines{"r SHA-256"});
}

TEST_F(UserCommandTest, DisableEnableRemove_DoAsTheySay) {
  ASSERT_EQ(run({"user", "add", "alice", "--password-stdin"}, "first\n").status, kDone);
  EXPECT_EQ(run({"user", "disable", "alice"}).status, kDone);
  EXPECT_TRUE(record("alice")->disabled);
  EXPECT_THAT(run({"user", "list"}).out, HasSubstr("alice  disabled  none   -       2026-11-24"));
  EXPECT_EQ(run({"user", "enable", "alice"}).status, kDone);
  EXPECT_FALSE(record("alice")->disabled);
  EXPECT_EQ(run({"user", "list", "--json"}).out,
            R"([{"name":"alice","roles":[],"digests":[],"disabled":false,"created":"2026-11-24T10:03:31Z","changed":"2026-11-24T10:03:31Z"}])"
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
