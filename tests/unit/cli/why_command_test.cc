#include "base/json.h"
#include "command_test.h"
#include "diagnose/cause.h"
#include "diagnose/cause_pages.h"

#include <fstream>

namespace quivive::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRefused =
    "GET /v1/orders HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer undefined\r\n\r\n"
    "HTTP/1.1 401 Unauthorized\r\nDate: Sat, 01 Mar 2025 12:00:00 GMT\r\nWWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"\r\nContent-Length: 0\r\n\r\n";

class WhyCommandTest : public CommandTest {
 protected:
  std::string file(const std::string& name, std::string_view text) {
    const std::string path = folder_.path(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  Outcome why(std::vector<std::string> words, std::string_view input = "") {
    words.insert(words.begin(), "why");
    return run_raw(words, std::string(input));
  }
};

TEST_F(WhyCommandTest, Verdict_ExitsWithOne) {
  const auto result = why({}, kRefused);
  EXPECT_EQ(result.status, kNo) << result.err;
  EXPECT_THAT(result.out, StartsWith("401 because the "));
  EXPECT_THAT(result.out, HasSubstr("certain\n"));
  EXPECT_THAT(result.out, HasSubstr("quivive why --help token-stringified-null"));
  EXPECT_EQ(result.err, "");
}

TEST_F(WhyCommandTest, Json_IsTheContract) {
  const auto result = why({"--json", file("x.txt", kRefused)});
  EXPECT_EQ(result.status, kNo);
  const Json out = parse_json(result.out).value();
  EXPECT_EQ(out.at("schema").as_string(), "quivive/why/1");
  EXPECT_EQ(out.at("input").at("format").as_string(), "http");
  EXPECT_EQ(out.at("input").at("exchanges").as_int64(), 1);
  EXPECT_EQ(out.at("verdict").at("code").as_string(), "token-stringified-null");
  EXPECT_EQ(out.at("verdict").at("exchange").as_int64(), 0);
}

TEST_F(WhyCommandTest, Readme_ShowsRealOutput) {
  std::ifstream in(QUIVIVE_SOURCE_DIR "/README.md", std::ios::binary);
  const std::string readme(std::istreambuf_iterator<char>(in), {});
  EXPECT_THAT(readme, HasSubstr(why({QUIVIVE_SOURCE_DIR "/tests/why/readme.txt"}).out));
}

TEST_F(WhyCommandTest, NoFault_ExitsWithZero) {
  const auto result = why({}, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(result.status, kDone);
  EXPECT_THAT(result.out, HasSubstr("No request was refused."));
}

TEST_F(WhyCommandTest, WrongInput_OneLineAndTwo) {
  struct Row {
    std::vector<std::string> words;
    std::string input;
    std::string_view said;
  };
  const Row rows[] = {
      {{"/nowhere/x.har"}, "", "there is no such file"},
      {{"api.nowhere.example/v1"}, "", "a URL begins with https:// or http://"},
      {{"localhost:9"}, "", "a URL begins with https:// or http://"},
      {{"ftp://nowhere.example/x"}, "", "only URLs of https:// and http:// can be asked"},
      {{"http://bad host/"}, "", "a URL has no spaces"},
      {{"--leeway", "abc", "-"}, "", "--leeway takes SECONDS, and its value is none"},
      {{folder_.path("")}, "", "a folder"},
      {{"-"}, "", "empty"},
      {{"--from", "yaml", "-"}, "x", "--from 'yaml' is no format; one of curl, curl-verbose"},
      {{"--offline", "https://api.example.com/"}, "", "--offline"},
      {{"--probe", "-"}, "x", "--probe needs a URL"},
      {{"--now", "soon", "-"}, "x", "--now is no instant"},
      {{"--leeway", "-1", "-"}, "x", "--leeway"},
      {{"--password-stdin", "x.txt"}, "", "--password-stdin needs --user"},
      {{"--user", "u", "--password-stdin", "-"}, "x", "standard input cannot be both"},
      {{"--jwks", "/nowhere/k.json", "-"}, "x", "--jwks /nowhere/k.json"},
      {{"--jwks", file("k.json", "{}"), "-"}, "x", "no key set"},
      {{"--offline", "--jwks", "https://id.example.com/jwks", "-"}, "x", "--offline forbids"},
      {{"--postman-environment", "/nowhere/e.json", "-"}, "x", "--postman-environment"},
      {{"--jsno", "-"}, "x", "did you mean --json?"},
      {{"-"}, "{\"log\":{\"version\":\"1.2\",\"entries\":[{\"request\":", "read as har"},
      {{"--offline", "x.txt", "--", "curl", "https://a.example/"}, "", "exclude each other"},
      {{"--", "wget", "https://a.example/"}, "", "'wget' is none"},
      {{"--offline", "--", "curl", "--hedaer", "X-API-Key: abc", "https://a.example/"}, "", "the curl command: there is no option --hedaer; did you mean --header?"},
      {{"--help", "token-expried"}, "", "did you mean 'token-expired'?"},
  };
  for (const Row& row : rows) {
    const auto result = why(row.words, row.input);
    EXPECT_EQ(result.status, kWrong) << row.said << "\n" << result.out;
    EXPECT_THAT(result.err, HasSubstr(row.said));
    expect_one_line(result.err);
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(WhyCommandTest, CurlWords_BehindDashesOrBare) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--offline", "--json", "--", "curl", "-H", "Authorization: Bearer null", "https://a.example/"},
                                                std::vector<std::string>{"--offline", "--json", "curl", "-H", "Authorization: Bearer null", "https://a.example/"}}) {
    const auto result = why(words);
    EXPECT_EQ(result.status, kNo) << result.err;
    EXPECT_THAT(result.out, HasSubstr("\"format\":\"curl\""));
    EXPECT_THAT(result.out, HasSubstr("\"code\":\"token-stringified-null\""));
  }
}

TEST_F(WhyCommandTest, From_TakesCurlForAFormat) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--from", "curl", "--json", "-"}, std::vector<std::string>{"--from=curl", "--json", "-"}}) {
    const auto result = why(words, "curl -H 'Authorization: Bearer null' https://a.example/");
    EXPECT_EQ(result.status, kNo) << result.err;
    EXPECT_THAT(result.out, HasSubstr("\"format\":\"curl\""));
  }
}

TEST_F(WhyCommandTest, TextAsArgument_Read) {
  EXPECT_EQ(why({"--json", "curl -H 'Authorization: Bearer null' https://a.example/"}).status, kNo);
  EXPECT_THAT(why({"--json", "WWW-Authenticate: Bearer, error=\"x\""}).out, HasSubstr("\"format\":\"header\""));
}

TEST_F(WhyCommandTest, Secrets_OnlyWhenAsked) {
  const std::string input = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \"q1w2e3r4t5y6u7i8o9p0a1s2d3f4\"\r\n\r\nHTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
  for (const std::vector<std::string>& words : {std::vector<std::string>{}, std::vector<std::string>{"--json"}}) {
    EXPECT_THAT(why(words, input).out, Not(HasSubstr("q1w2e3r4t5y6u7i8o9p0a1s2d3f4")));
  }
  EXPECT_THAT(why({"--show-secrets", "--json"}, input).out, HasSubstr("q1w2e3r4t5y6u7i8o9p0a1s2d3f4"));
}

TEST_F(WhyCommandTest, List_HasEveryCode) {
  const auto text = why({"--list"});
  const auto json = why({"--list", "--json"});
  EXPECT_EQ(text.status, kDone);
  for (const diagnose::CauseInfo& row : diagnose::all_causes()) {
    EXPECT_THAT(text.out, HasSubstr("  " + std::string(row.code) + " "));
    EXPECT_THAT(json.out, HasSubstr("\"code\":\"" + std::string(row.code) + '"'));
  }
}

TEST_F(WhyCommandTest, Help_IsThePageOfTheDocs) {
  for (const diagnose::CauseInfo& row : diagnose::all_causes()) {
    std::ifstream in(QUIVIVE_SOURCE_DIR "/docs/causes/" + std::string(row.code) + ".md", std::ios::binary);
    const std::string page(std::istreambuf_iterator<char>(in), {});
    ASSERT_NE(page, "") << row.code;
    EXPECT_EQ(why({"--help", std::string(row.code)}).out, page) << row.code;
  }
  // A reason of the gateway that no cause is called like.
  const auto reason = why({"--help", "password-wrong"});
  EXPECT_EQ(reason.status, kDone);
  EXPECT_THAT(reason.out, AllOf(StartsWith("# password-wrong\n"), HasSubstr("**The client:**"), Not(HasSubstr("<!--"))));
  EXPECT_THAT(why({"--help"}).out, AllOf(HasSubstr("--postman-environment"), HasSubstr("--help CODE")));
}

}  // namespace
}  // namespace quivive::cli
