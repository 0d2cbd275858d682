#include "gateway/identity.h"

#include "base/base64.h"
#include "base/json.h"
#include "jose/jwk_set.h"
#include "jose/verify_jwt.h"
#include "support/principal_for_tests.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

using auth::Identity;
using auth::PrincipalForTests;
using auth::Scheme;

config::IdentityHeaders every_name() {
  config::IdentityHeaders names;
  names.subject = "X-Sub";
  names.scheme = "X-Scheme";
  names.issuer = "X-Iss";
  names.scopes = "X-Scopes";
  names.roles = "X-Roles";
  names.key_id = "X-Key";
  return names;
}
std::string lines(const Identity& identity, const config::IdentityHeaders& names = every_name()) {
  return identity_lines(names, *PrincipalForTests::make(identity));
}

TEST(IdentityLines, Token_EveryLine) {
  EXPECT_EQ(lines({.scheme = Scheme::Bearer, .subject = "alice", .issuer = "https://id", .key_id = "kid-1", .scopes = {"read", "write"}, .roles = {"admin"}}),
            "X-Sub: alice\r\nX-Scheme: bearer\r\nX-Iss: https://id\r\nX-Scopes: read write\r\nX-Roles: admin\r\n");
}

TEST(IdentityLines, Key_HasItsId) {
  EXPECT_EQ(lines({.scheme = Scheme::ApiKey, .subject = "billing", .key_id = "k42"}), "X-Sub: billing\r\nX-Scheme: api_key\r\nX-Key: k42\r\n");
}

TEST(IdentityLines, EmptyValuesAndNames_LeftOut) {
  EXPECT_EQ(lines({.scheme = Scheme::Basic}), "X-Scheme: basic\r\n");
  EXPECT_EQ(lines({.scheme = Scheme::ApiKey, .subject = "a", .issuer = "b", .key_id = "c", .scopes = {"d"}, .roles = {"e"}}, {}), "");
}

TEST(IdentityLines, HostileClaims_CannotEndTheirLine) {
  struct Row {
    std::string_view claim, kept, listed;
  };
  constexpr Row kRows[] = {{"a\r\nX-Sub: admin", "a%0D%0AX-Sub: admin", "a%0D%0AX-Sub:%20admin"},
                           {"100%", "100%25", "100%25"},
                           {"%0d%0a", "%250d%250a", "%250d%250a"},
                           {"J\xc3\xbcrgen", "J%C3%BCrgen", "J%C3%BCrgen"},
                           {{"\0x", 2}, "%00x", "%00x"},
                           {"\x7f\xff\t", "%7F%FF%09", "%7F%FF%09"},
                           {"two words", "two words", "two%20words"},
                           {"a,b;c=\"d\"", "a,b;c=\"d\"", "a,b;c=\"d\""}};
  for (const Row& row : kRows) {
    const std::string claim(row.claim), kept(row.kept), listed(row.listed);
    EXPECT_EQ(lines({.subject = claim, .issuer = claim, .scopes = {claim, "b"}, .roles = {"a", claim}}),
              "X-Sub: " + kept + "\r\nX-Scheme: bearer\r\nX-Iss: " + kept + "\r\nX-Scopes: " + listed + " b\r\nX-Roles: a " + listed + "\r\n");
  }
}

TEST(IdentityAssertion, Signed_VerifiesUnderItsPublishedKeys) {
  constexpr Instant kNow = from_unix_seconds(1'800'000'000);
  const auto assertion = IdentityAssertion::make("gateway.example").value();
  const auto principal = PrincipalForTests::make(
      {.scheme = Scheme::Bearer, .subject = "alice\r\n", .issuer = "https://id", .key_id = "kid-1", .scopes = {"read", "write"}, .roles = {"a b"}},
      {.not_after = kNow + std::chrono::hours(1)});
  const std::string token = assertion.sign(*principal, "http://up:1", kNow, std::chrono::seconds(30)).value();

  const auto policy =
      jose::JwtPolicy::Builder("gateway.example").accept_audience("http://up:1").allow_algorithm(jose::JwsAlgorithm::ES256).require_type("quivive-assertion+jwt").build().value();
  const auto keys = jose::KeySet::parse(assertion.jwks()).value();
  const auto raw = jose::RawJwt::parse(token).value();
  crypto::SignatureVerifier verifier;
  const auto verified = jose::verify(raw, *jose::select_key(raw, policy, keys).value(), policy, kNow, verifier);
  ASSERT_TRUE(verified);

  const std::string payload = token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1);
  const JsonObject claims = parse_json(base64url_decode(payload).value()).value().get_object();
  EXPECT_EQ(claims, parse_json(R"({"iss":"gateway.example","aud":"http://up:1","sub":"alice\r\n","iat":1800000000,"exp":1800000030,"scheme":"bearer",)"
                               R"("client_issuer":"https://id","scope":"read write","roles":["a b"]})")
                        .value()
                        .get_object());
}

TEST(IdentityAssertion, OutlivesNeitherItsLifetimeNorTheProof) {
  constexpr Instant kNow = from_unix_seconds(1'800'000'000);
  const auto assertion = IdentityAssertion::make("g").value();
  const auto principal = PrincipalForTests::make({.scheme = Scheme::ApiKey, .subject = "billing", .key_id = "k42"}, {.not_after = kNow + std::chrono::seconds(10)});
  const std::string token = assertion.sign(*principal, "a", kNow, std::chrono::seconds(30)).value();
  const std::string payload = token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1);
  const JsonObject claims = parse_json(base64url_decode(payload).value()).value().get_object();
  EXPECT_EQ(claims.at("exp"), 1'800'000'010);
  EXPECT_EQ(claims.at("key_id"), "k42");
  EXPECT_FALSE(claims.contains("client_issuer"));
}

TEST(IdentityAssertion, PublishedKeys_ArePublic) {
  const auto assertion = IdentityAssertion::make("g").value();
  const Json document = parse_json(assertion.jwks()).value();
  const JsonObject& key = document.at("keys").at(0).get_object();
  EXPECT_FALSE(key.contains("d"));
  EXPECT_TRUE(key.contains("kid"));
}

}  // namespace
}  // namespace quivive::gateway
