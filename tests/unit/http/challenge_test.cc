#include "http/challenge.h"

#include "http/challenge_writer.h"
#include "http/grammar.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quivive::http {
namespace {

// Challenges in one notation: Scheme(token68) or Scheme{name=value|…}, separated by spaces.
std::string shape(const std::vector<Challenge>& challenges) {
  std::string out;
  for (const Challenge& challenge : challenges) {
    if (!out.empty()) out += ' ';
    out += challenge.scheme;
    if (challenge.token68) out += '(' + *challenge.token68 + ')';
    if (challenge.params.empty()) continue;
    out += '{';
    for (const AuthParam& param : challenge.params) out += (out.back() == '{' ? "" : "|") + param.name + '=' + param.value;
    out += '}';
  }
  return out;
}

std::string faults(const std::vector<SyntaxProblem>& problems) {
  std::string out;
  for (const SyntaxProblem& problem : problems) {
    out += (out.empty() ? "" : " ") + std::string(name_of(problem.fault)) + '@' + std::to_string(problem.offset);
    EXPECT_FALSE(problem.detail.empty());
  }
  return out;
}

TEST(ParseChallenges, WellFormed_HasNoProblems) {
  struct Row {
    std::string_view line, shape;
  };
  for (const Row& row : {
           Row{"Bearer", "Bearer"},
           Row{R"(Bearer realm="api.example.com")", "Bearer{realm=api.example.com}"},
           Row{R"(Digest realm="a, b", nonce="x\"y", algorithm=SHA-256, qop="auth, auth-int", stale=FALSE)",
               "Digest{realm=a, b|nonce=x\"y|algorithm=SHA-256|qop=auth, auth-int|stale=FALSE}"},
           Row{"Negotiate YII=", "Negotiate(YII=)"},
           Row{"Negotiate, NTLM", "Negotiate NTLM"},
           Row{R"(Basic realm="a", Digest realm="b", nonce="c", Negotiate)", "Basic{realm=a} Digest{realm=b|nonce=c} Negotiate"},
           Row{R"(Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple")", "Newauth{realm=apps|type=1|title=Login to \"apps\"} Basic{realm=simple}"},
           Row{R"(, Basic realm="", ,)", "Basic{realm=}"},
           Row{"Bearer  realm=x", "Bearer{realm=x}"},
           Row{"Basic realm=\"\xc3\xa4\"", "Basic{realm=\xc3\xa4}"},
           Row{"NTLM TlRMTVNTUAACAAAA==, Basic realm=x", "NTLM(TlRMTVNTUAACAAAA==) Basic{realm=x}"},
       }) {
    const auto parsed = parse_challenges(row.line);
    EXPECT_EQ(shape(parsed.challenges), row.shape);
    EXPECT_EQ(faults(parsed.problems), "") << row.line;
  }
}

TEST(ParseChallenges, Malformed_IsReportedWhereItIsAndReadOn) {
  struct Row {
    std::string_view line, shape, faults;
  };
  for (const Row& row : {
           Row{R"(Bearer, error="invalid_token", error_description="no")", "Bearer{error=invalid_token|error_description=no}", "comma-after-scheme@6"},
           Row{R"(Bearer realm="a" error="b")", "Bearer{realm=a|error=b}", "missing-comma@17"},
           Row{R"(Basic realm="a" Bearer realm="b")", "Basic{realm=a} Bearer{realm=b}", "missing-comma@16"},
           Row{R"(Negotiate Basic realm="x")", "Negotiate Basic{realm=x}", "missing-comma@10"},
           Row{R"(Basic realm="a)", "Basic{realm=a}", "unbalanced-quotes@12"},
           Row{R"(Basic realm="a\)", "Basic{realm=a\\}", "unbalanced-quotes@12"},
           Row{"Basic realm=My Site", "Basic{realm=My Site}", "unquoted-value@12"},
           Row{R"(Basic realm=My Site, charset="UTF-8")", "Basic{realm=My Site|charset=UTF-8}", "unquoted-value@12"},
           Row{R"(Bearer realm=My Site error="x")", "Bearer{realm=My Site|error=x}", "unquoted-value@13 missing-comma@21"},
           Row{"Basic realm=a Bearer realm=b", "Basic{realm=a} Bearer{realm=b}", "missing-comma@14"},
           Row{"Bearer realm=https://x/y", "Bearer{realm=https://x/y}", "unquoted-value@13"},
           Row{"Bearer realm=", "Bearer{realm=}", "empty-value@7"},
           Row{R"(Bearer realm=, error="x")", "Bearer{realm=|error=x}", "empty-value@7"},
           Row{R"(Basic realm="a", Realm="b")", "Basic{realm=a|Realm=b}", "duplicate-parameter@17"},
           Row{R"(realm="a")", "", "parameter-before-scheme@0"},
           Row{R"(Basic realm = "a")", "Basic{realm=a}", "space-around-equals@6"},
           Row{"", "", "missing-scheme@0"},
           Row{" , ", "", "missing-scheme@0"},
           Row{R"(Bearer: realm="a")", "Bearer{realm=a}", "unexpected-character@6"},
           Row{R"("Bearer" realm="a")", "", "unexpected-character@0 missing-comma@9 parameter-before-scheme@9"},
           Row{"Bearer\trealm=a", "Bearer{realm=a}", "unexpected-character@6"},
           Row{"Basic user:pass", "Basic(user:pass)", "bad-token68@6"},
           Row{R"(Negotiate abc, realm="x")", "Negotiate(abc){realm=x}", "bad-token68@15"},
           Row{"Basic realm=\"a\x01\"", "Basic{realm=a\x01}", "control-character@14"},
           Row{"=", "", "unexpected-character@0"},
           Row{R"(Basic realm="a"x)", "Basic{realm=a} x", "missing-comma@15"},
       }) {
    const auto parsed = parse_challenges(row.line);
    EXPECT_EQ(shape(parsed.challenges), row.shape) << row.line;
    EXPECT_EQ(faults(parsed.problems), row.faults) << row.line;
  }
}

TEST(ParseChallenges, SeveralLines_AreOneList) {
  const std::string_view lines[] = {R"(Digest realm="a")", R"(Basic realm="b")"};
  const auto parsed = parse_challenges(lines);
  EXPECT_EQ(shape(parsed.challenges), "Digest{realm=a} Basic{realm=b}");
  EXPECT_EQ(parsed.challenges[1].line, 1u);
  EXPECT_TRUE(parsed.problems.empty());

  const std::string_view split[] = {R"(Digest realm="a")", R"(nonce="b", qop="auth")"};
  const auto joined = parse_challenges(split);
  EXPECT_EQ(shape(joined.challenges), "Digest{realm=a|nonce=b|qop=auth}");
  ASSERT_EQ(joined.problems.size(), 1u);
  EXPECT_EQ(joined.problems[0].fault, SyntaxFault::SplitOverLines);
  EXPECT_EQ(joined.problems[0].line, 1u);

  const std::string_view empty[] = {"", "Bearer"};
  EXPECT_TRUE(parse_challenges(empty).problems.empty());
  EXPECT_TRUE(parse_challenges(std::span<const std::string_view>{}).problems.empty());
}

TEST(ParseChallenges, HostileSize_IsBounded) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "Basic a=b,";
  EXPECT_EQ(parse_challenges(many).challenges.size(), kMaxChallenges);
  EXPECT_EQ(parse_challenges(many).problems.back().fault, SyntaxFault::TooLong);
  std::string params = "Basic ";
  for (int i = 0; i < 1000; ++i) params += "p" + std::to_string(i) + "=b,";
  EXPECT_EQ(parse_challenges(params).challenges[0].params.size(), kMaxAuthParams);
  EXPECT_EQ(parse_challenges(params).problems.back().fault, SyntaxFault::TooLong);
  EXPECT_LE(parse_challenges(std::string(5000, '=') + ",").problems.size(), kMaxSyntaxProblems);
  const auto longer = parse_challenges("Basic realm=\"" + std::string(kMaxChallengeBytes, 'a') + "\"");
  EXPECT_EQ(longer.problems.back().fault, SyntaxFault::TooLong);
}

TEST(Challenge, Param_IsFoundInAnyCase) {
  const auto parsed = parse_challenges(R"(Basic Realm="x")");
  ASSERT_NE(parsed.challenges[0].param("realm"), nullptr);
  EXPECT_EQ(*parsed.challenges[0].param("realm"), "x");
  EXPECT_EQ(parsed.challenges[0].param("nonce"), nullptr);
}

TEST(ChallengeWriter, HostileValues_StayInsideTheirQuotes) {
  std::string out;
  ChallengeWriter(out, "Bearer").quoted("realm", "a\"b\\\r\nX: y").token("error", "invalid_token").token("odd", "a b");
  EXPECT_EQ(out, R"(Bearer realm="a\"b\\??X: y", error=invalid_token, odd="a b")");
  out.clear();
  ChallengeWriter(out, "Negotiate").token68("YII=");
  EXPECT_EQ(out, "Negotiate YII=");
  out.clear();
  ChallengeWriter(out, "Basic");
  EXPECT_EQ(out, "Basic");
}

TEST(AppendChallenge, Parsed_RoundTrips) {
  for (const std::string_view line : {R"(Digest realm="a, \"b\\", algorithm=MD5, qop="auth")", "Negotiate abc==", "Bearer"}) {
    const auto parsed = parse_challenges(line);
    ASSERT_EQ(parsed.challenges.size(), 1u);
    std::string out;
    append_challenge(out, parsed.challenges[0]);
    EXPECT_EQ(out, line);
  }
}

TEST(SyntaxFault, EveryFault_HasAName) {
  for (int fault = 0; fault <= static_cast<int>(SyntaxFault::TooLong); ++fault) {
    EXPECT_TRUE(is_token(name_of(static_cast<SyntaxFault>(fault)))) << fault;
  }
}

}  // namespace
}  // namespace quivive::http
