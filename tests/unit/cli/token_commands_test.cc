// quivive token decode and quivive token verify

#include "base/json.h"
#include "command_test.h"

#include <fstream>

namespace quivive::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

// RFC 7515 appendix A.1: HS256 over {"iss":"joe","exp":1300819380,"http://example.com/is_root":true}
constexpr std::string_view kToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kKey =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
constexpr std::string_view kBefore = "2011-03-22T18:00:00Z";  // 43 minutes before exp

class TokenCommandsTest : public CommandTest {
 protected:
  std::string file(const std::string& name, std::string_view text) {
    const std::string path = folder_.path(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  Outcome verify(std::vector<std::string> options, std::string_view token = kToken) {
    std::vector<std::string> words = {"token", "verify"};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back(token);
    return run_raw(words);
  }
};

TEST_F(TokenCommandsTest, Verify_Rfc7515Example_Valid) {
  const auto result = verify({"--jwk", file("k.json", kKey), "--now", std::string(kBefore), "--issuer", "joe", "--json"});
  EXPECT_EQ(result.status, kDone) << result.err;
  const Json out = parse_json(result.out).value();
  EXPECT_TRUE(out.at("valid").as_bool());
  EXPECT_TRUE(out.at("code").is_null());
  EXPECT_EQ(out.at("claims").at("iss").as_string(), "joe");
  EXPECT_EQ(out.at("header").at("alg").as_string(), "HS256");
}

TEST_F(TokenCommandsTest, Verify_EveryFailureAtOnce_MostInformativeFirst) {
  std::string altered(kToken);
  altered[altered.size() - 3] = altered[altered.size() - 3] == 'A' ? 'B' : 'A';
  const auto result = verify({"--jwk", file("k.json", kKey), "--issuer", "jane", "--audience", "api", "--json"}, altered);
  EXPECT_EQ(result.status, kNo);
  const Json out = parse_json(result.out).value();
  EXPECT_FALSE(out.at("valid").as_bool());
  std::vector<std::string> codes;
  for (const Json& failure : out.at("failures").as_array()) codes.emplace_back(failure.at("code").as_string());
  EXPECT_EQ(codes, (std::vector<std::string>{"token-expired", "token-missing-claim", "token-bad-signature", "token-wrong-issuer"}));
  EXPECT_EQ(out.at("code").as_string(), "token-expired");
}

TEST_F(TokenCommandsTest, Verify_Rows) {
  const std::string jwk = file("k.json", kKey);
  const std::string set = file("set.json", "{\"keys\":[" + std::string(kKey) + "]}");
  const std::string text = file("text.json", "no key");
  struct Row {
    std::vector<std::string> options;
    int status;
    std::string_view said;
  };
  const Row rows[] = {
      {{"--jwks", set, "--now", std::string(kBefore)}, kDone, "valid\n"},
      {{"--jwk", jwk, "--now", std::string(kBefore), "--algorithm", "HS256", "--algorithm", "RS256"}, kDone, "valid\n"},
      {{"--jwk", jwk, "--now", std::string(kBefore), "--algorithm", "RS256"}, kNo, "alg HS256, expected RS256"},
      {{"--jwk", jwk}, kNo, "leeway 60 s"},
      {{"--jwk", jwk, "--signature-only"}, kDone, "signature only"},
      {{"--jwk", jwk, "--now", "2011-03-22T18:43:30Z"}, kDone, "valid\n"},  // 30 s late: within the leeway
      {{"--jwk", jwk, "--now", "2011-03-22T18:43:30Z", "--leeway", "0"}, kNo, "token-expired"},
      {{}, kWrong, "it needs a key"},
      {{"--jwk", jwk, "--jwks", set}, kWrong, "exclude each other"},
      {{"--jwk", text}, kWrong, "not JSON"},
      {{"--jwks", jwk}, kWrong, "k.json"},
      {{"--jwk", "/nowhere/k.json"}, kWrong, "No such file"},
      {{"--jwk", jwk, "--algorithm", "none"}, kWrong, "one of HS256"},
      {{"--jwk", jwk, "--leeway", "-5"}, kWrong, "--leeway"},
      {{"--jwk", jwk, "--now", "yesterday"}, kWrong, "--now is no instant"},
  };
  for (const Row& row : rows) {
    const auto result = verify(row.options);
    EXPECT_EQ(result.status, row.status) << result.out << result.err;
    EXPECT_THAT(result.out + result.err, HasSubstr(row.said));
    if (row.status == kWrong) expect_one_line(result.err);
  }
}

// Threat: a public key taken for a secret (RFC 8725 section 2.1).
TEST_F(TokenCommandsTest, Verify_HmacTokenAndPublicKey_NotAllowed) {
  const std::string rsa = file("rsa.json", R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  const auto result = verify({"--jwk", rsa, "--signature-only", "--json"});
  EXPECT_EQ(result.status, kNo);
  EXPECT_THAT(result.out, HasSubstr("\"code\":\"token-algorithm-not-allowed\""));
}

TEST_F(TokenCommandsTest, Verify_SignatureOnly_AnyPayload) {
  // The payload is no JSON; the signature is made up, so that is all that is wrong.
  const auto result = verify({"--jwk", file("k.json", kKey), "--signature-only", "--json"}, "eyJhbGciOiJIUzI1NiJ9.bm8ganNvbg.c2lnbmF0dXJl");
  EXPECT_EQ(result.status, kNo);
  EXPECT_THAT(result.out, HasSubstr("\"code\":\"token-bad-signature\""));
}

TEST_F(TokenCommandsTest, Decode_SaysThatNothingWasVerified) {
  const auto result = run_raw({"token", "decode", "--now", "2011-03-22T21:55:00Z", std::string(kToken)});
  EXPECT_EQ(result.status, kDone) << result.err;
  EXPECT_THAT(result.out, HasSubstr("not verified: this only reads the token\n"));
  EXPECT_THAT(result.out, HasSubstr("issuer   joe\n"));
  EXPECT_THAT(result.out, HasSubstr("expires  2011-03-22 18:43:00 UTC   (3 h 12 min ago)    expired\n"));
}

TEST_F(TokenCommandsTest, Decode_Json_TimesAsInstantsAndAges) {
  const auto result = run_raw({"token", "decode", "--json", "--now", "2011-03-22T18:42:00Z", "-"}, "Authorization: Bearer " + std::string(kToken) + "\n");
  EXPECT_EQ(result.status, kDone) << result.err;
  const Json out = parse_json(result.out).value();
  EXPECT_FALSE(out.at("verified").as_bool());
  EXPECT_EQ(out.at("times").at("exp").at("instant").as_string(), "2011-03-22T18:43:00Z");
  EXPECT_EQ(out.at("times").at("exp").at("age_seconds").as_int64(), -60);
  EXPECT_EQ(out.at("payload").at("iss").as_string(), "joe");
}

TEST_F(TokenCommandsTest, Decode_Damaged_SaysWhere) {
  const auto result = run_raw({"token", "decode", std::string(kToken.substr(0, kToken.rfind('.')))});
  EXPECT_EQ(result.status, kNo);
  EXPECT_THAT(result.out, HasSubstr("2 parts between dots"));
  EXPECT_THAT(run_raw({"token", "decode", "gho_abcdefghijklmnop"}).out, HasSubstr("opaque"));
  const auto empty = run_raw({"token", "decode", "-"}, "\n");
  EXPECT_EQ(empty.status, kWrong);
  expect_one_line(empty.err);
}

// Threat: a claim that writes to the terminal.
TEST_F(TokenCommandsTest, Decode_ControlCharacters_Escaped) {
  const auto result = run_raw({"token", "decode", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJcdTAwMWJbMkoifQ.c2ln"});  // {"sub":"\u001b[2J"}
  EXPECT_THAT(result.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(result.out, HasSubstr("\\x1b[2J"));
}

}  // namespace
}  // namespace quivive::cli
