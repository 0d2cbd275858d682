// What `quivive fetch` and its neighbours do before, or without, any connection. The rest is in tests/e2e/test_fetch*.py and test_login.py.

#include "agent/token_file.h"
#include "command_test.h"

#include <cstdlib>

namespace quivive::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class FetchTest : public CommandTest {
 protected:
  FetchTest() { ::setenv("XDG_STATE_HOME", folder_.path("state").c_str(), 1); }
  ~FetchTest() override { ::unsetenv("XDG_STATE_HOME"); }

  void keep(const agent::Profile& profile, const std::string& name = "default") {
    const auto kept = agent::TokenFile(folder_.path("state/quivive/profiles"), name).replace(profile);
    ASSERT_TRUE(kept) << kept.error().message;
  }
};

// A credential over plain http is given up before anything is sent: what comes before that can be seen without a server.
const std::string kUrl = "http://api.example.invalid/orders";

TEST_F(FetchTest, KeyFile_HasOneNameInHelpAndErrors_AndAShortOne) {
  EXPECT_THAT(run_raw({"fetch", "--help"}).out, HasSubstr("  --key-file FILE "));
  EXPECT_THAT(run_raw({"fetch", "--key", "/nowhere/key", kUrl}).err, HasSubstr("--key-file: No such file"));
  EXPECT_THAT(run_raw({"fetch", "--key-flie", "key", kUrl}).err, HasSubstr("did you mean --key-file?"));
  for (const std::string name : {"--key", "--key-file"}) EXPECT_THAT(run_raw({"fetch", kUrl, name}).err, HasSubstr(name + " needs a value"));
}

TEST_F(FetchTest, Password_IsAskedFor) {
  terminal_.answers = {"open-sesame"};
  const auto result = run_raw({"fetch", "--user", "alice", kUrl});
  EXPECT_EQ(result.status, kWrong);
  EXPECT_THAT(result.err, HasSubstr("plain http"));
  EXPECT_TRUE(terminal_.answers.empty());
}

TEST_F(FetchTest, Password_GivenUpOrNobodyThere) {
  EXPECT_THAT(run_raw({"fetch", "--user", "alice", kUrl}).err, HasSubstr("given up"));
  terminal_.is_present = false;
  terminal_.answers = {"open-sesame"};
  const auto result = run_raw({"fetch", "--user", "alice", kUrl});
  EXPECT_EQ(result.status, kWrong);
  EXPECT_THAT(result.err, HasSubstr("--password-stdin"));
  EXPECT_EQ(terminal_.answers.size(), 1u);
}

TEST_F(FetchTest, Password_InAnArgument_IsRefusedAndNotRepeated) {
  terminal_.answers = {"never asked for"};
  for (const std::vector<std::string>& words : {std::vector<std::string>{"fetch", "--user", "alice:open-sesame", kUrl},
                                                {"fetch", "-u", "alice:open-sesame", kUrl},
                                                {"fetch", "http://alice:open-sesame@api.example.invalid/"}}) {
    const auto result = run_raw(words);
    EXPECT_EQ(result.status, kWrong);
    EXPECT_THAT(result.err, Not(HasSubstr("open-sesame")));
    EXPECT_THAT(result.err, HasSubstr("every user of this machine"));
    expect_one_line(result.err);
  }
  EXPECT_EQ(terminal_.answers.size(), 1u);
}

TEST_F(FetchTest, Whoami_SaysWhatIsKept) {
  agent::Profile profile;
  profile.issuer = "https://id.example.com";
  profile.client.token_endpoint = "https://id.example.com/token";
  profile.client.client_id = "cli";
  profile.scope = "orders openid";
  // {"alg":"ES256"}.{"sub":"alice"}
  profile.token = {Secret("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"), Secret("r"), clock_.now() + std::chrono::minutes{90}};
  keep(profile);
  EXPECT_EQ(run_raw({"whoami"}).out,
            "profile   default\n"
            "issuer    https://id.example.com\n"
            "client    cli\n"
            "subject   alice (as the token says; not verified)\n"
            "scopes    orders openid\n"
            "origins   any that fetch is given\n"
            "ends      2026-11-24T11:33:31Z (in 1 h 30 min)\n"
            "refresh   by itself, when it is due\n"
            "kept in   " +
                folder_.path("state/quivive/profiles/default.json") + "\n");
  clock_.advance(std::chrono::hours{2});
  EXPECT_THAT(run_raw({"whoami"}).out, HasSubstr("ended 30 min ago"));
  EXPECT_EQ(run_raw({"whoami", "--json"}).out,
            R"({"profile":"default","issuer":"https://id.example.com","client_id":"cli","subject":"alice","scopes":["orders","openid"],)"
            R"("origins":[],"expires":"2026-11-24T11:33:31Z","refreshable":true,"kept_in":"file"})"
            "\n");
}

TEST_F(FetchTest, Whoami_OpaqueAndBare) {
  agent::Profile profile;
  profile.token.access = Secret("opaque");
  keep(profile, "bare");
  const auto result = run_raw({"whoami", "--profile", "bare"});
  EXPECT_THAT(result.out, HasSubstr("no JWT that names one"));
  EXPECT_THAT(result.out, HasSubstr("ends      not said"));
  EXPECT_THAT(result.out, HasSubstr("sign in again when it ends"));
  for (const std::vector<std::string>& words : {std::vector<std::string>{"whoami"}, {"token", "print"}, {"logout"}}) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--profile", "nobody"});
    const auto none = run_raw(all);
    EXPECT_EQ(none.status, kNo) << words.back();
    EXPECT_THAT(none.err, HasSubstr("there is no profile 'nobody'"));
    // Nor is there one where no folder for profiles can be made.
    ::setenv("XDG_STATE_HOME", "/dev/null", 1);
    EXPECT_EQ(run_raw(all).err, none.err);
    ::setenv("XDG_STATE_HOME", folder_.path("state").c_str(), 1);
  }
  EXPECT_EQ(run_raw({"fetch", "--profile", "nobody", kUrl}).status, kWrong);
}

TEST_F(FetchTest, TokenPrint_WithoutRefresh) {
  agent::Profile profile;
  profile.token = {Secret("opaque"), {}, clock_.now() - std::chrono::minutes{1}};
  keep(profile);
  const auto result = run_raw({"token", "print"});
  EXPECT_EQ(result.status, kDone);
  EXPECT_EQ(result.out, "opaque\n");
  EXPECT_THAT(result.err, HasSubstr("nothing to refresh it with"));
}

}  // namespace
}  // namespace quivive::cli
