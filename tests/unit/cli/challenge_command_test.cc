#include "base/json.h"
#include "command_test.h"

namespace quivive::cli {
namespace {

using testing::HasSubstr;
using ChallengeCommandTest = CommandTest;

TEST_F(ChallengeCommandTest, Json_IsTheDocumentOfTheContract) {
  const auto result = run_raw({"challenge", "parse", "--json", "Digest realm=\"a \\\"b\\\"\", Nonce=y", "Negotiate YQ=="});
  EXPECT_EQ(result.status, kDone);
  EXPECT_EQ(result.out, "{\"challenges\":[{\"scheme\":\"Digest\",\"token68\":null,\"params\":[[\"realm\",\"a \\\"b\\\"\"],[\"Nonce\",\"y\"]]},"
                        "{\"scheme\":\"Negotiate\",\"token68\":\"YQ==\",\"params\":[]}],\"problems\":[]}\n");
}

TEST_F(ChallengeCommandTest, StandardInput_IsTheSameAsArguments) {
  const auto expected = run_raw({"challenge", "parse", "--json", "Basic realm=\"x\"", "Bearer"}).out;
  EXPECT_EQ(run_raw({"challenge", "parse", "--json"}, "Basic realm=\"x\"\r\nBearer\r\n\r\n").out, expected);
  EXPECT_EQ(run_raw({"challenge", "parse", "--json", "-"}, "WWW-Authenticate: Basic realm=\"x\"\nwww-authenticate:Bearer").out, expected);
  EXPECT_EQ(run_raw({"challenge", "parse", "--json", "--", "Basic realm=\"x\"", "Bearer"}).out, expected);
}

TEST_F(ChallengeCommandTest, Problem_NamesLineAndOffsetAsGiven) {
  for (const std::string prefix : {"", "WWW-Authenticate: "}) {
    const auto result = run_raw({"challenge", "parse", "--json", "Basic realm=\"x\"", prefix + "Bearer, error=\"e\""});
    EXPECT_EQ(result.status, kNo);
    const Json document = parse_json(result.out).value();
    const JsonObject& problem = document.at("problems").at(0).as_object();
    EXPECT_EQ(problem.at("code").as_string(), "malformed-challenge");
    EXPECT_TRUE(problem.at("detail").as_string().starts_with("comma-after-scheme: "));
    EXPECT_EQ(problem.at("line").to_number<std::size_t>(), 1U);
    EXPECT_EQ(problem.at("offset").to_number<std::size_t>(), prefix.size() + 6);
  }
}

TEST_F(ChallengeCommandTest, HostileBytes_StayInTheirLineAndInJson) {
  EXPECT_TRUE(parse_json(run_raw({"challenge", "parse", "--json"}, "Basic realm=\"\xff\"\n").out));
  EXPECT_EQ(run_raw({"challenge", "parse"}, "Basic realm=\"\x1b[2J\"\n").out.find('\x1b'), std::string::npos);
}

TEST_F(ChallengeCommandTest, NothingOrTooMuch_IsWrongInput) {
  for (const std::string& input : {std::string(), std::string("\n\n"), std::string(70'000, 'a')}) {
    const auto result = run_raw({"challenge", "parse"}, input);
    EXPECT_EQ(result.status, kWrong);
    EXPECT_THAT(result.err, HasSubstr("standard input"));
    expect_one_line(result.err);
  }
}

}  // namespace
}  // namespace quivive::cli
