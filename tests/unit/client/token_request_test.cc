#include "client/token_request.h"

#include "base/base64.h"

#include <gtest/gtest.h>

namespace quivive::client {
namespace {

using RefreshKind = RefreshFailure::Kind;
constexpr Instant kRequestTime = from_unix_seconds(1'800'000'000);

TokenClient app(ClientAuthentication authentication) {
  return {.token_endpoint = "https://login.test/token", .client_id = "app:1", .client_secret = Secret("p&s w%"), .authentication = authentication};
}

std::string field(const TokenRequest& request, std::string_view name) {
  for (const FieldLine& line : request.fields) {
    if (line.name == name) return std::string(line.value.reveal(RevealSecret{}));
  }
  return {};
}

TEST(RefreshRequest, ByAuthentication) {
  const Token token{Secret("t"), Secret("r+/=1")};
  struct Row {
    ClientAuthentication authentication;
    std::string_view authorization, body;
  };
  for (const Row& row : {
           // RFC 6749 section 2.3.1: form-encoded before base64, so that the colon is no separator and the space a plus.
           Row{ClientAuthentication::Basic, "app%3A1:p%26s+w%25", "grant_type=refresh_token&refresh_token=r%2B%2F%3D1"},
           {ClientAuthentication::Post, "",
            "grant_type=refresh_token&refresh_token=r%2B%2F%3D1&client_id=app%3A1&client_secret=p%26s+w%25"},
           {ClientAuthentication::None, "", "grant_type=refresh_token&refresh_token=r%2B%2F%3D1&client_id=app%3A1"},
       }) {
    const auto request = refresh_request(app(row.authentication), token);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->url, "https://login.test/token");
    EXPECT_EQ(request->body.reveal(RevealSecret{}), row.body);
    EXPECT_EQ(field(*request, "Authorization"), row.authorization.empty() ? "" : "Basic " + base64_encode(row.authorization));
    EXPECT_EQ(field(*request, "Content-Type"), "application/x-www-form-urlencoded");
  }
}

TEST(RefreshRequest, OnlyOverTls_OnlyWithARefreshToken) {
  TokenClient client = app(ClientAuthentication::None);
  EXPECT_FALSE(refresh_request(client, {Secret("t"), Secret()}));
  for (const std::string_view url : {"http://login.test/token", "login.test/token", "https://u:p@login.test/", ""}) {
    client.token_endpoint = url;
    EXPECT_FALSE(refresh_request(client, {Secret("t"), Secret("r")})) << url;
  }
  client.token_endpoint = "http://localhost:9000/token";
  EXPECT_TRUE(refresh_request(client, {Secret("t"), Secret("r")}));
}

TEST(ReadTokenAnswer, Tokens) {
  const auto outcome = read_token_answer({200, R"({"access_token":"a","token_type":"bearer","expires_in":3600,"refresh_token":"r2","x":1})", kRequestTime}, {Secret("r")});
  ASSERT_TRUE(std::holds_alternative<Token>(outcome));
  const Token& token = std::get<Token>(outcome);
  EXPECT_EQ(token.access.reveal(RevealSecret{}), "a");
  EXPECT_EQ(token.refresh.reveal(RevealSecret{}), "r2");
  EXPECT_EQ(token.expires, kRequestTime + std::chrono::hours(1));
  struct Row {
    std::string_view expires_in;
    std::optional<Instant> expected;
  };
  for (const Row& row : {Row{"\"60\"", kRequestTime + std::chrono::seconds(60)}, {"0", {}}, {"-5", {}}, {"1e300", {}}, {"\"soon\"", {}}, {"null", {}}}) {
    const auto one = read_token_answer({200, R"({"access_token":"a","expires_in":)" + std::string(row.expires_in) + "}", kRequestTime}, {Secret("r")});
    ASSERT_TRUE(std::holds_alternative<Token>(one)) << row.expires_in;
    EXPECT_EQ(std::get<Token>(one).expires, row.expected) << row.expires_in;
  }
}

TEST(ReadTokenAnswer, SecretQuotedAsTheFormHadIt_IsNotTold) {
  const auto outcome = read_token_answer({400, R"({"error":"invalid_grant","error_description":"refresh_token=1%2F%2Fr3fresh"})", kRequestTime}, {Secret("1//r3fresh")});
  EXPECT_EQ(std::get<RefreshFailure>(outcome).detail, "invalid_grant");
  const auto of_client =
      read_token_answer({401, R"({"error":"invalid_client","error_description":"'cl/ent' is not the secret of app"})", kRequestTime}, {Secret("r"), Secret("cl/ent")});
  EXPECT_EQ(std::get<RefreshFailure>(of_client).detail, "invalid_client");
}

TEST(ReadTokenAnswer, Failures) {
  struct Row {
    std::uint16_t status;
    std::string body;
    RefreshKind kind;
    std::string_view detail;
  };
  for (const Row& row : {
           Row{400, R"({"error":"invalid_grant"})", RefreshKind::SignInAgain, "invalid_grant"},
           {401, R"({"error":"invalid_grant","error_description":"it is gone"})", RefreshKind::SignInAgain, "invalid_grant (it is gone)"},
           {400, R"({"error":"invalid_grant","error_description":"token r3fresh is gone"})", RefreshKind::SignInAgain, "invalid_grant"},
           {400, "{\"error\":\"invalid_grant\",\"error_description\":\"a\\u001b[31m\"}", RefreshKind::SignInAgain, "invalid_grant (a\\x1b[31m)"},
           {200, R"({"error":"invalid_grant"})", RefreshKind::SignInAgain, "invalid_grant"},
           {401, R"({"error":"invalid_client"})", RefreshKind::Misconfigured, "invalid_client"},
           {400, R"({"error":"invalid_scope"})", RefreshKind::Misconfigured, "invalid_scope"},
           {400, R"({"error":"temporarily_unavailable"})", RefreshKind::TryLater, "temporarily_unavailable"},
           {400, "", RefreshKind::Misconfigured, "status 400"},
           {404, "<html>", RefreshKind::Misconfigured, "status 404"},
           {429, R"({"error":"invalid_grant"})", RefreshKind::TryLater, "status 429"},
           {500, R"({"error":"invalid_grant"})", RefreshKind::TryLater, "status 500"},
           {503, "", RefreshKind::TryLater, "status 503"},
           {302, "", RefreshKind::Misconfigured, "the token endpoint redirects, which is not followed"},
           {308, "", RefreshKind::Misconfigured, "the token endpoint redirects, which is not followed"},
           {200, "<html>sign in to the network</html>", RefreshKind::TryLater, "the answer is no JSON object"},
           {200, "[]", RefreshKind::TryLater, "the answer is no JSON object"},
           {200, "{}", RefreshKind::Misconfigured, "the answer has no access_token that can be sent"},
           {200, R"({"access_token":""})", RefreshKind::Misconfigured, "the answer has no access_token that can be sent"},
           {200, "{\"access_token\":\"a\\r\\nX: y\"}", RefreshKind::Misconfigured, "the answer has no access_token that can be sent"},
           {200, R"({"access_token":"a","access_token":"b"})", RefreshKind::TryLater, "the answer is no JSON object"},
           {200, R"({"access_token":"a","token_type":"DPoP"})", RefreshKind::Misconfigured, "tokens of the type DPoP are not understood"},
           {200, "{\"access_token\":\"" + std::string(kMaxTokenResponseBytes, 'a') + "\"}", RefreshKind::TryLater, "the answer is no JSON object"},
       }) {
    const auto outcome = read_token_answer({row.status, row.body, kRequestTime}, {Secret("r3fresh")});
    ASSERT_TRUE(std::holds_alternative<RefreshFailure>(outcome)) << row.body.substr(0, 80);
    EXPECT_EQ(std::get<RefreshFailure>(outcome).kind, row.kind) << row.status << ' ' << row.body.substr(0, 80);
    EXPECT_EQ(std::get<RefreshFailure>(outcome).detail, row.detail) << row.status << ' ' << row.body.substr(0, 80);
  }
}

}  // namespace
}  // namespace quivive::client
