#include "agent/token_endpoint.h"

#include "agent/issuer_metadata.h"
#include "small_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quivive::agent {
namespace {

using client::RefreshFailure;
using testing::HasSubstr;
using testing::SizeIs;

const FixedClock kEndpointClock{from_unix_seconds(1'795'514'611)};

client::TokenClient client_of(const std::string& endpoint) {
  client::TokenClient out;
  out.token_endpoint = endpoint;
  out.client_id = "cli";
  return out;
}

std::string failure(const client::RefreshOutcome& outcome) {
  const auto* failed = std::get_if<RefreshFailure>(&outcome);
  if (failed == nullptr) return "a token";
  static constexpr const char* kKinds[] = {"sign in again", "another sign-in", "try later", "misconfigured"};
  return std::string(kKinds[static_cast<std::size_t>(failed->kind)]) + ": " + failed->detail;
}

const client::Token kToken{Secret("access"), Secret("the-refresh-token")};

TEST(TokenEndpoint, Refresh_Outcomes) {
  const std::pair<std::string, const char*> rows[] = {
      {response("200 OK", "", R"({"access_token":"a","token_type":"Bearer"})"), "a token"},
      {response("400 Bad Request", "", R"({"error":"invalid_grant"})"), "sign in again: invalid_grant"},
      {response("401 Unauthorized", "WWW-Authenticate: Basic\r\n", R"({"error":"invalid_client"})"), "misconfigured: invalid_client"},
      {response("503 Service Unavailable", "", "later"), "try later: status 503"},
      {response("307 Temporary Redirect", "Location: http://127.0.0.1:1/\r\n", ""), "misconfigured: the token endpoint redirects"},
      {response("200 OK", "", "<html>sign in to this network</html>"), "try later: "},
      {response("200 OK", "", std::string(kMaxKeptBody + 1, ' ')), "try later: "},
      {response("400 Bad Request", "", R"({"error":"invalid_request","error_description":"the-refresh-token is odd"})"),
       "misconfigured: invalid_request"},
  };
  for (const auto& [answer, says] : rows) {
    SmallServer server([text = answer](const Asked&) { return text; });
    Exchanger exchanger;
    const std::string got = failure(refresh(exchanger, client_of(server.url("/token")), kToken, kEndpointClock));
    EXPECT_THAT(got, testing::StartsWith(says));
    EXPECT_THAT(got, testing::Not(HasSubstr("the-refresh-token")));
    EXPECT_THAT(server.asked(), SizeIs(1));
  }
}

TEST(TokenEndpoint, Refresh_OverHttpsOnly) {
  Exchanger exchanger;
  EXPECT_THAT(failure(refresh(exchanger, client_of("http://id.example.invalid/token"), kToken, kEndpointClock)), HasSubstr("https"));
  EXPECT_FALSE(get_document(exchanger, "http://id.example.invalid/.well-known/openid-configuration"));
}

TEST(TokenEndpoint, Discovery_TriesBothPlaces) {
  std::string url;
  SmallServer server([&](const Asked& asked) {
    if (!asked.has("GET /.well-known/openid-configuration ")) return response("404 Not Found", "", "");
    return response("200 OK", "", "{\"issuer\":\"" + url + "\",\"token_endpoint\":\"" + url + "/token\"}");
  });
  url = server.url("");
  Exchanger exchanger;
  const auto found = discover(exchanger, url);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->token_endpoint, url + "/token");
  EXPECT_THAT(server.asked(), SizeIs(2));
  const auto other = discover(exchanger, url + "/tenant");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("answers 404"));
}

}  // namespace
}  // namespace quivive::agent
