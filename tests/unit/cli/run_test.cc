#include "command_test.h"

namespace quivive::cli {
namespace {

using testing::HasSubstr;
using RunTest = CommandTest;

TEST_F(RunTest, HelpAndVersion_AreAnswered) {
  for (const char* word : {"--help", "-h", "help"}) {
    const auto result = run_raw({word});
    EXPECT_EQ(result.status, kDone);
    for (const Command& command : all_commands()) EXPECT_THAT(result.out, HasSubstr(std::string(command.name)));
  }
  EXPECT_EQ(run_raw({"--version"}).out, "quivive " QUIVIVE_VERSION "\n");
  EXPECT_EQ(run_raw({"--version"}).status, kDone);
}

TEST_F(RunTest, HelpInFront_IsTheCommandsHelp) {
  for (const std::string help : {"--help", "-h", "help"}) {
    EXPECT_EQ(run_raw({help, "serve"}).out, run_raw({"serve", "--help"}).out);
    EXPECT_EQ(run_raw({help, "key", "create"}).out, run_raw({"key", "create", "--help"}).out);
    EXPECT_EQ(run_raw({help, "key"}).out, run_raw({"key", "--help"}).out);
    EXPECT_EQ(run_raw({help, "key"}).status, kDone);
    EXPECT_EQ(run_raw({help, "--version"}).out, run_raw({help}).out);
  }
}

TEST_F(RunTest, NothingAsked_ShowsHelpAsAMistake) {
  const auto result = run_raw({});
  EXPECT_EQ(result.status, kWrong);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("key create"));
}

TEST_F(RunTest, UnknownCommand_NamesTheNearest) {
  struct Row {
    std::vector<std::string> words;
    std::string part;
  };
  for (const Row& row : {Row{{"kye"}, "no command 'kye'; did you mean 'key'?"}, {{"tokens", "revoke"}, "did you mean 'token'?"},
                         {{"key", "crate"}, "no command 'key crate'; did you mean 'key create'?"}, {{"frobnicate"}, "--help lists them"},
                         {{"\x1b[2J"}, "\\x1b"}, {{"help", "kye"}, "did you mean 'key'?"},
                         {{"--verison"}, "no option '--verison'; did you mean '--version'?"}, {{"--store=secret"}, "no option '--store'; quivive --help"}}) {
    const auto result = run_raw(row.words);
    EXPECT_EQ(result.status, kWrong);
    EXPECT_THAT(result.err, HasSubstr(row.part));
    EXPECT_EQ(result.out, "");
    expect_one_line(result.err);
  }
}

TEST_F(RunTest, GroupAlone_ListsItsCommands) {
  const auto result = run_raw({"key"});
  EXPECT_EQ(result.status, kWrong);
  EXPECT_THAT(result.err, HasSubstr("key rotate"));
  EXPECT_EQ(result.err.find("user add"), std::string::npos);
  const auto help = run_raw({"key", "--help"});
  EXPECT_EQ(help.status, kDone);
  EXPECT_THAT(help.out, HasSubstr("key rotate"));
}

TEST_F(RunTest, EveryCommand_HasHelpWithItsExample) {
  for (const Command& command : all_commands()) {
    std::vector<std::string> words;
    std::istringstream name{std::string(command.name)};
    for (std::string word; name >> word;) words.push_back(word);
    words.push_back("--help");
    const auto result = run_raw(words);
    EXPECT_EQ(result.status, kDone) << command.name;
    EXPECT_THAT(result.out, HasSubstr(std::string(command.example)));
    EXPECT_THAT(result.out, HasSubstr(std::string(command.summary)));
    EXPECT_TRUE(command.example.starts_with("quivive " + std::string(command.name))) << command.example;
  }
}

TEST_F(RunTest, WrongOptions_AreOneClearLineWithoutValues) {
  struct Row {
    std::vector<std::string> words;
    std::string part;
  };
  for (const Row& row : {
           Row{{"key", "create"}, "--owner NAME is missing"},
           {{"key", "create", "--owner"}, "--owner needs a value"},
           {{"key", "create", "--onwer", "s3cret"}, "there is no option --onwer; did you mean --owner?"},
           {{"key", "create", "--owner=a", "--owner=s3cret"}, "--owner NAME is given more than once"},
           {{"key", "create", "--owner", "a", "s3cret"}, "one argument too many"},
           {{"key", "create", "--owner", "a", "--quite-other=s3cret"}, "there is no option --quite-other; see quivive key create --help"},
           {{"key", "revoke"}, "ID is missing"},
           {{"key", "revoke", "a", "s3cret"}, "one argument too many; its form is: quivive key revoke ID"},
           {{"key", "list", "--store", "sqlite:a", "--config", "b"}, "exclude each other"},
           {{"user", "add", "heidi", "s3cret"}, "one argument too many"},
           {{"user", "add", "heidi", "--password", "s3cret"}, "there is no option --password; did you mean --password-stdin?"},
           {{"user", "add", "heidi", "--password=s3cret"}, "there is no option --password; did you mean --password-stdin?"},
       }) {
    const auto result = run_raw(row.words);
    EXPECT_EQ(result.status, kWrong) << row.part;
    EXPECT_THAT(result.err, HasSubstr(row.part));
    EXPECT_EQ(result.err.find("s3cret"), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "");
    expect_one_line(result.err);
  }
}

TEST_F(RunTest, WhichStore_IsSaidOrRefused) {
  struct Row {
    std::vector<std::string> choice;
    int status;
    std::string part;
  };
  const std::string valid = "upstream: http://127.0.0.1:9000\nstore: sqlite:sub.db\naccept: {api_key: {}}\n";
  for (const Row& row : {
           Row{{"--store", "memory"}, kWrong, "inside the gateway's process"},
           {{"--store", "memory:"}, kWrong, "inside the gateway's process"},
           {{"--store", "sqlite:"}, kWrong, "write sqlite:PATH"},
           {{"--store", "postgres://x"}, kWrong, "write sqlite:PATH"},
           {{"--store", "sqlite:" + folder_.path("none.db")}, kFailed, "there is no store " + folder_.path("none.db")},
           {{"--store", "sqlite:" + folder_.path(std::string(300, 'x'))}, kFailed, "cannot be looked at: File name too long"},
           {{"--config", folder_.path("none.yaml")}, kWrong, folder_.path("none.yaml")},
           {{"--config", folder_.write("bad.yaml", "lisen: 1\n")}, kWrong, "bad.yaml:1:1"},
           {{"--config", folder_.write("memory.yaml", "upstream: http://127.0.0.1:9000\nstore: memory\naccept: {api_key: {}}\n")}, kWrong, "sets store: memory"},
           {{"--config", folder_.write("good.yaml", valid)}, kFailed, "there is no store " + folder_.path("sub.db")},
       }) {
    std::vector<std::string> words = {"key", "list"};
    words.insert(words.end(), row.choice.begin(), row.choice.end());
    const auto result = run_raw(words);
    EXPECT_EQ(result.status, row.status) << row.part;
    EXPECT_THAT(result.err, HasSubstr(row.part));
  }
}

}  // namespace
}  // namespace quivive::cli
