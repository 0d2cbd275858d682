#include "client/code_flow.h"

#include "http/query.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

const TokenClient kApp{.token_endpoint = "https://login.test/token", .client_id = "app", .scope = "openid read"};
const AuthorizationServer kServer{.authorization_endpoint = "https://login.test/authorize?tenant=1", .issuer = "https://login.test", .sends_issuer = true};
constexpr std::string_view kBack = "http://127.0.0.1:4711/back";

CodeRequest asked() {
  FixedRandom random;
  return code_request(kServer, kApp, kBack, random).value();
}

std::string parameter(std::string_view url, std::string_view name) {
  return http::form_decode(http::find_parameter(url.substr(url.find('?') + 1), name).value);
}

TEST(CodeChallenge, Rfc7636_AppendixB) {
  EXPECT_EQ(code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(CodeRequest, Url) {
  const CodeRequest request = asked();
  EXPECT_TRUE(request.url.starts_with("https://login.test/authorize?tenant=1&response_type=code&client_id=app&"));
  EXPECT_EQ(parameter(request.url, "redirect_uri"), kBack);
  EXPECT_EQ(parameter(request.url, "scope"), "openid read");
  EXPECT_EQ(parameter(request.url, "state"), request.state.reveal(RevealSecret{}));
  EXPECT_EQ(parameter(request.url, "code_challenge_method"), "S256");
  EXPECT_EQ(parameter(request.url, "code_challenge"), code_challenge(request.verifier.reveal(RevealSecret{})));
  EXPECT_EQ(request.verifier.size(), 43u);  // RFC 7636 section 4.1: 43 to 128
  EXPECT_EQ(request.url.find(request.verifier.reveal(RevealSecret{})), std::string::npos);
  FixedRandom random;
  EXPECT_FALSE(code_request({.authorization_endpoint = "http://login.test/"}, kApp, kBack, random));
}

TEST(CodeAnswer, Rows) {
  const CodeRequest request = asked();
  const std::string state(request.state.reveal(RevealSecret{}));
  const std::string issuer = "&iss=https%3A%2F%2Flogin.test";
  struct Row {
    std::string what, query, error;  // "" for the code c/1
  };
  for (const Row& row : {
           Row{"right", "code=c%2F1&state=" + state + issuer, ""},
           {"another state", "code=c&state=" + state.substr(1) + issuer, "the answer is not to this request: state differs"},
           {"no state", "code=c" + issuer, "the answer is not to this request: state differs"},
           {"no issuer", "code=c&state=" + state, "the answer does not say its issuer, which this server always does"},
           {"another issuer", "code=c&state=" + state + "&iss=https%3A%2F%2Flogin.test%2F", "the answer is another issuer's: https://login.test/"},
           {"two codes", "code=c&code=d&state=" + state + issuer, "the answer has code twice"},
           {"denied", "error=access_denied&error_description=no&state=" + state + issuer, "the server answers access_denied: no"},
           {"denied, by another", "error=access_denied&state=x" + issuer, "the answer is not to this request: state differs"},
           {"nothing", "state=" + state + issuer, "the answer has no code"},
       }) {
    const auto code = read_code_answer(row.query, request, kServer);
    EXPECT_EQ(code ? "" : code.error().message, row.error) << row.what;
    if (code) {
      EXPECT_EQ(code->reveal(RevealSecret{}), "c/1") << row.what;
    }
  }
  // A server that nothing is known of need not say it.
  EXPECT_TRUE(read_code_answer("code=c&state=" + state, request, {.authorization_endpoint = kServer.authorization_endpoint}));
}

TEST(CodeTokenRequest, Body) {
  const CodeRequest request = asked();
  const auto token = code_token_request(kApp, request, Secret("c/1"));
  ASSERT_TRUE(token);
  EXPECT_EQ(token->body.reveal(RevealSecret{}), "grant_type=authorization_code&code=c%2F1&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2Fback&code_verifier=" +
                                                    std::string(request.verifier.reveal(RevealSecret{})) + "&client_id=app");
}

}  // namespace
}  // namespace quivive::client
