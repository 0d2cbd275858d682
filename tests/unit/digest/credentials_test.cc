#include "digest/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace quivive::digest {
namespace {

using Kind = DigestProblem::Kind;

const std::string kResponse256(64, 'a');
const std::string kGood =
    R"(username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="n", nc=0000000a, )"
    R"(cnonce="c", qop=auth, response=")" + kResponse256 + R"(", opaque="o")";

std::string without(std::string_view part) {
  std::string out = kGood;
  const std::size_t at = out.find(part);
  out.erase(at, part.size());
  return out;
}
std::string with(std::string_view part, std::string_view instead) {
  std::string out = kGood;
  return out.replace(out.find(part), part.size(), instead);
}

TEST(ParseDigest, ReadsEveryPart) {
  DigestCredentials read;
  const auto problem = parse(kGood, read);
  ASSERT_FALSE(problem) << problem->detail;
  EXPECT_EQ(read.username, "Mufasa");
  EXPECT_EQ(read.realm, "http-auth@example.org");
  EXPECT_EQ(read.uri, "/dir/index.html");
  EXPECT_EQ(read.nonce, "n");
  EXPECT_EQ(read.cnonce, "c");
  EXPECT_EQ(read.nc, "0000000a");
  EXPECT_EQ(read.count, 10U);
  EXPECT_EQ(read.qop, Qop::Auth);
  EXPECT_EQ(read.algorithm, DigestAlgorithm::Sha256);
  EXPECT_EQ(read.response, kResponse256);
  EXPECT_FALSE(read.userhash);
}

struct Accepted {
  std::string what, value, username;
};

TEST(ParseDigest, WhatClientsSend) {
  const Accepted rows[] = {
      {"every value quoted, as some clients do", with("algorithm=SHA-256", R"(algorithm="SHA-256")"), "Mufasa"},
      {"no space behind commas", with(", nonce", ",nonce"), "Mufasa"},
      {"space around =", with("nc=0000000a", "nc = 0000000a"), "Mufasa"},
      {"names in capitals", with("cnonce=", "CNONCE="), "Mufasa"},
      {"a parameter that is not known", kGood + R"(, auth-param="x", other=1)", "Mufasa"},
      {"empty list elements", ", ," + kGood + ",", "Mufasa"},
      {"escapes in the name", with(R"("Mufasa")", R"("Mu\"fa\\sa")"), R"(Mu"fa\sa)"},
      {"a name in UTF-8", with("Mufasa", "J\xc3\xa4s\xc3\xb8n Doe"), "J\xc3\xa4s\xc3\xb8n Doe"},
      {"an extended name", with(R"(username="Mufasa")", "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe"), "J\xc3\xa4s\xc3\xb8n Doe"},
      {"an extended name with a language", with(R"(username="Mufasa")", "username*=utf-8'en'a"), "a"},
      {"an empty name", with("Mufasa", ""), ""},
      {"an escaped backslash", with("Mufasa", R"(DOM\\user)"), R"(DOM\user)"},
      {"a backslash that was not escaped", with("Mufasa", R"(DOM\user)"), R"(DOM\user)"},
      {"two of them", with("Mufasa", R"(\DOM\user)"), R"(\DOM\user)"},
      {"a quote beside one", with("Mufasa", R"(DOM\us\"er)"), R"(DOM\us"er)"},
      {"userhash=false", kGood + ", userhash=false", "Mufasa"},
  };
  for (const Accepted& row : rows) {
    SCOPED_TRACE(row.what);
    DigestCredentials read;
    const auto problem = parse(row.value, read);
    ASSERT_FALSE(problem) << problem->detail;
    EXPECT_EQ(read.username, row.username);
    EXPECT_EQ(read.realm, "http-auth@example.org");
  }
}

struct Refused {
  std::string value;
  Kind kind;
  std::string detail;
};

TEST(ParseDigest, RefusesWhatTwoReadersCouldTakeDifferently) {
  const auto M = Kind::Malformed;
  const Refused rows[] = {
      {"", M, "realm is missing"},
      {"dXNlcjpwYXNz", M, "not a list of name=value"},
      {"username", M, "not a list of name=value"},
      {R"(username="Mufasa)", M, "the value of username is neither a token nor a quoted string"},
      {R"(username="a" realm="b")", M, "the value of username is neither a token nor a quoted string"},
      {kGood + R"(, username="Scar")", M, "username is given twice"},
      {kGood + R"(, NC=00000001)", M, "nc is given twice"},
      {without(R"(username="Mufasa", )"), M, "username is missing"},
      {kGood + ", username*=UTF-8''Scar", M, "both username and username*"},
      {without(R"(nonce="n", )"), M, "nonce is missing"},
      {without(R"(uri="/dir/index.html", )"), M, "uri is missing"},
      {without("qop=auth, "), M, "qop is missing"},
      {without("nc=0000000a, "), M, "nc is missing"},
      {without(R"(cnonce="c", )"), M, "cnonce is missing"},
      {with("nc=0000000a", "nc=a"), M, "nc is not eight hexadecimal digits"},
      {with("nc=0000000a", "nc=0000000g"), M, "nc is not eight hexadecimal digits"},
      {with("nc=0000000a", "nc=00000000"), M, "nc is 0; the first request with a nonce has 1"},
      {with("qop=auth", "qop=none"), M, "qop is neither auth nor auth-int"},
      {with(kResponse256, "aa"), M, "the response is not 64 lower-case hexadecimal digits, as SHA-256 gives"},
      {with(kResponse256, std::string(64, 'A')), M, "the response is not 64 lower-case hexadecimal digits, as SHA-256 gives"},
      {without("algorithm=SHA-256, "), M, "the response is not 32 lower-case hexadecimal digits, as MD5 gives"},
      {with("SHA-256", "SHA-1"), Kind::UnknownAlgorithm, "algorithm SHA-1"},
      {with("Mufasa", "J\xe4son"), M, "the user name is not UTF-8"},
      {with(R"(username="Mufasa")", "username*=iso-8859-1''J%E4son"), M, "username* is not UTF-8''text"},
      {with(R"(username="Mufasa")", "username*=UTF-8''J%E4son"), M, "username* is not UTF-8"},
      {with(R"(username="Mufasa")", "username*=UTF-8''J%E"), M, "username* has a '%' without two hexadecimal digits"},
      {with(R"(username="Mufasa")", "username*=UTF-8''J") + ", userhash=true", M, "username* together with userhash"},
  };
  for (const Refused& row : rows) {
    SCOPED_TRACE(row.value);
    DigestCredentials read;
    const auto problem = parse(row.value, read);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->kind, row.kind);
    EXPECT_EQ(problem->detail, row.detail);
  }
}

TEST(ParseDigest, AuthInt_AndUserhash) {
  DigestCredentials read;
  ASSERT_FALSE(parse(with("qop=auth", "qop=auth-int") + ", userhash=true", read));
  EXPECT_EQ(read.qop, Qop::AuthInt);
  EXPECT_TRUE(read.userhash);
}

}  // namespace
}  // namespace quivive::digest
