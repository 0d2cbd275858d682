#include "backends/sqlite_store.h"
#include "command_test.h"

#include <fstream>

namespace quivive::cli {
namespace {

using testing::HasSubstr;

class ClientCommandTest : public CommandTest {
 protected:
  ClientCommandTest() { EXPECT_EQ(run({"client", "create", "billing"}).status, kDone); }
  bool is_revoked() { return backends::SqliteStore::open(folder_.path("store.db")).value()->list_clients().value().at(0).revoked.has_value(); }
  // A configuration on the same store.
  std::string config(std::string_view more) {
    const std::string file = folder_.path("quivive.yaml");
    std::ofstream(file) << "store: sqlite:" << folder_.path("store.db") << "\nupstream: http://127.0.0.1:9\n" << more;
    return file;
  }
};

TEST_F(ClientCommandTest, Create_WithNowhereToWrite_NamesWhatThereIsNow) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"client", "create", "lost"}, {"client", "create", "lost-json", "--json"}}) {
    const auto result = run_without_output(words);
    EXPECT_EQ(result.status, kFailed);
    EXPECT_THAT(result.err, HasSubstr("quivive client revoke " + words[2]));
    expect_one_line(result.err);
  }
}

TEST_F(ClientCommandTest, Revoke_IssuerOfAnother_IsRefusedWhereAConfigurationSaysSo) {
  const std::string file = config("issuer: http://127.0.0.1:27480\naccept: {basic: {}}\nroutes: [{path: /, accept: [bearer]}]\n");
  const auto wrong = run_raw({"client", "revoke", "billing", "--issuer", "http://127.0.0.1:27480/", "--config", file});
  EXPECT_EQ(wrong.status, kWrong);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'http://127.0.0.1:27480'?"));
  EXPECT_FALSE(is_revoked());
  const auto right = run_raw({"client", "revoke", "billing", "--config", file});
  EXPECT_EQ(right.status, kDone) << right.err;
  EXPECT_EQ(right.err, "");
  EXPECT_TRUE(is_revoked());
}

TEST_F(ClientCommandTest, Revoke_WithAStoreAlone_SaysThatTheIssuerWasNotChecked) {
  const auto result = run({"client", "revoke", "billing", "--issuer", "http://127.0.0.1:27480"});
  EXPECT_EQ(result.status, kDone);
  EXPECT_THAT(result.err, HasSubstr("--config FILE checks it"));
  EXPECT_TRUE(is_revoked());
}

}  // namespace
}  // namespace quivive::cli
