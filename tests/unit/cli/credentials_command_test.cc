#include "base/json.h"
#include "command_test.h"

namespace quivive::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using CredentialsCommandTest = CommandTest;

TEST_F(CredentialsCommandTest, Json_IsTheDocumentOfTheContract) {
  const std::string expected = "{\"scheme\":\"Basic\",\"token68\":\"YWxpY2U6c2VjcmV0\",\"params\":[],"
                               "\"basic\":{\"user\":\"alice\",\"password_length\":6},\"problems\":[]}\n";
  for (const std::string prefix : {"", "Authorization: "}) {
    const auto result = run_raw({"credentials", "parse", "--json", prefix + "Basic YWxpY2U6c2VjcmV0"});
    EXPECT_EQ(result.status, kDone);
    EXPECT_EQ(result.out, expected);
  }
  EXPECT_EQ(run_raw({"credentials", "parse", "--json", "-"}, "Basic YWxpY2U6c2VjcmV0\n").out, expected);
  EXPECT_EQ(run_raw({"credentials", "parse", "--json", "Digest username=\"a\", NC=1"}).out,
            "{\"scheme\":\"Digest\",\"token68\":null,\"params\":[[\"username\",\"a\"],[\"NC\",\"1\"]],\"basic\":null,\"problems\":[]}\n");
}

TEST_F(CredentialsCommandTest, Text_ShowsNoSecret) {
  const auto basic = run_raw({"credentials", "parse", "Basic YWxpY2U6c2VjcmV0"});
  EXPECT_EQ(basic.out, "scheme   Basic\nuser     alice\npassword 6 bytes\n");
  EXPECT_THAT(run_raw({"credentials", "parse", "Bearer abcdef"}).out, Not(HasSubstr("abcdef")));
  EXPECT_THAT(run_raw({"credentials", "parse", "Digest response=\"abcdef\""}).out, Not(HasSubstr("abcdef")));
}

TEST_F(CredentialsCommandTest, Problem_ExitsWithOne) {
  struct Row {
    std::string line, code;
  };
  for (const Row& row : {Row{"Basic YWxpY2U6c2VjcmV", "basic-malformed"}, {"Basic YWxpY2U=", "basic-malformed"},
                         {"Basic YWxpY2U6czo=, Bearer b", "malformed-credentials"}, {"", "malformed-credentials"}}) {
    const auto result = run_raw({"credentials", "parse", "--json", row.line});
    EXPECT_EQ(result.status, kNo) << row.line;
    const Json document = parse_json(result.out).value();
    EXPECT_EQ(document.at("problems").at(0).at("code").as_string(), row.code) << result.out;
    EXPECT_EQ(run_raw({"credentials", "parse", row.line}).status, kNo) << row.line;
  }
}

TEST_F(CredentialsCommandTest, UnusableInput_IsWrong) {
  EXPECT_EQ(run_raw({"credentials", "parse"}).status, kWrong);
  EXPECT_EQ(run_raw({"credentials", "parse", "-"}, "").status, kWrong);
  EXPECT_EQ(run_raw({"credentials", "parse", "-"}, "Basic a\nBasic b\n").status, kWrong);
}

}  // namespace
}  // namespace quivive::cli
