#include "agent/issuer_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quivive::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Metadata, Places) {
  EXPECT_THAT(metadata_urls("https://id.example.com"), ElementsAre("https://id.example.com/.well-known/oauth-authorization-server",
                                                                   "https://id.example.com/.well-known/openid-configuration"));
  EXPECT_THAT(metadata_urls("https://id.example.com/tenant"),
              ElementsAre("https://id.example.com/.well-known/oauth-authorization-server/tenant",
                          "https://id.example.com/tenant/.well-known/openid-configuration"));
  for (const char* bad : {"", "id.example.com", "https://id.example.com/?a=b", "ftp://id.example.com", "https://user@id.example.com",
                          "https://id.example.com/#x"}) {
    EXPECT_THAT(metadata_urls(bad), testing::IsEmpty()) << bad;
  }
}

TEST(Metadata, Read) {
  const auto read = read_metadata(
      R"({"issuer":"https://id.example.com","token_endpoint":"https://id.example.com/token","authorization_endpoint":"https://id.example.com/a",
    "token_endpoint_auth_methods_supported":["client_secret_post"],"code_challenge_methods_supported":["plain"],"authorization_response_iss_parameter_supported":true})",
      "https://id.example.com");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->token_endpoint, "https://id.example.com/token");
  EXPECT_EQ(read->device_authorization_endpoint, "");
  EXPECT_FALSE(read->client_basic);
  EXPECT_FALSE(read->s256);
  EXPECT_TRUE(read->issuer_in_response);
}

TEST(Metadata, Refused) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "JSON"},
      {"[]", "JSON"},
      {R"({"token_endpoint":"https://id.example.com/token"})", "not of"},
      {R"({"issuer":"https://id.example.com/","token_endpoint":"https://id.example.com/token"})", "not of"},
      {R"({"issuer":"https://evil.example.com","token_endpoint":"https://id.example.com/token"})", "evil"},
      {R"({"issuer":"https://id.example.com"})", "token_endpoint"},
      {R"({"issuer":"https://id.example.com","token_endpoint":"http://id.example.com/token"})", "https"},
      {R"({"issuer":"https://id.example.com","token_endpoint":"https://id.example.com/token","revocation_endpoint":"javascript:x"})",
       "revocation_endpoint"},
  };
  for (const auto& [json, says] : rows) {
    const auto read = read_metadata(json, "https://id.example.com");
    ASSERT_FALSE(read) << json;
    EXPECT_THAT(read.error().message, HasSubstr(says)) << json;
  }
}

}  // namespace
}  // namespace quivive::agent
