#include "issuer/client_authentication.h"

#include "base/base64.h"
#include "crypto/opaque_token.h"
#include "crypto/private_key.h"
#include "issuer/client_assertion.h"
#include "jose/jwk.h"
#include "jose/jwt_signer.h"
#include "store/memory_store.h"

#include <gtest/gtest.h>

namespace quivive::issuer {
namespace {

using std::chrono::minutes;

constexpr Instant kTime = from_unix_seconds(1'800'000'000);
constexpr std::string_view kSecret = "s0_secret-of-forty-three-characters-exactly";

class ClientAuthentication : public testing::Test {
 protected:
  void SetUp() override {
    add({.id = "machine", .secret_digest = crypto::opaque_token_digest(kSecret), .created = kTime});
    add({.id = "app", .proof = store::ClientProof::None, .created = kTime});
    add({.id = "former", .secret_digest = crypto::opaque_token_digest(kSecret), .created = kTime});
    ASSERT_TRUE(store_.revoke_client("former", settings_.url, kTime));
    const auto jwk = jose::Jwk::from_public_key(key_.public_key(), "k1", jose::JwsAlgorithm::ES256);
    add({.id = "signer", .proof = store::ClientProof::PrivateKeyJwt, .jwks = to_json(JsonObject{{"keys", JsonArray{jwk.to_json()}}}), .created = kTime});
  }
  void add(const store::ClientRecord& client) { ASSERT_EQ(*store_.add_client(client), store::Change::Done); }

  // The client's id, or the error's code.
  std::string outcome(std::string_view body, std::string_view authorization = {}) {
    const auto client = asked(body, authorization);
    return client ? client->id : std::string(info(client.error().error).code);
  }
  Result<store::ClientRecord, Refusal> asked(std::string_view body, std::string_view authorization = {}) {
    const http::Field field{"Authorization", authorization, http::FieldId::Authorization};
    Request request{};
    if (!authorization.empty()) request.head.fields = {&field, 1};
    request.now = kTime;
    const auto parameters = Parameters::of_body("application/x-www-form-urlencoded", body, kClientParameters);
    if (!parameters) return parameters.error();
    return authenticate_client(store_, settings_, request, *parameters);
  }
  static std::string basic(std::string_view pair) { return "Basic " + base64_encode(pair); }

  std::string assertion(JsonObject changes, const crypto::PrivateKey& key) {
    JsonObject claims{{"iss", "signer"}, {"sub", "signer"}, {"aud", settings_.url}, {"exp", unix_seconds(kTime + minutes(5))}, {"jti", "one"}};
    for (const auto& [name, value] : changes) {
      if (value.is_null()) claims.erase(name);
      else claims[name] = value;
    }
    return *jose::JwtSigner::make(key, jose::JwsAlgorithm::ES256, "k1")->sign(claims);
  }
  std::string assert_it(JsonObject changes = {}, const crypto::PrivateKey* key = nullptr) {
    return outcome(assertion_form(std::move(changes), key));
  }
  std::string assertion_form(JsonObject changes = {}, const crypto::PrivateKey* key = nullptr) {
    return "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" + assertion(std::move(changes), key == nullptr ? key_ : *key);
  }

  store::MemoryStore store_;
  Settings settings_{.url = "https://id.example.com", .audiences = {"https://id.example.com"}};
  crypto::PrivateKey key_ = *crypto::PrivateKey::generate(crypto::KeyKind::EcP256);
};

TEST_F(ClientAuthentication, EachWay_OnceAndAlone) {
  const std::string secret(kSecret);
  struct Row {
    std::string body, authorization, outcome;
  };
  for (const Row& row : {Row{"client_id=machine&client_secret=" + secret, "", "machine"}, Row{"", basic("machine:" + secret), "machine"},
                         Row{"client_id=machine", basic("machine:" + secret), "machine"}, Row{"client_id=app", "", "app"},
                         Row{"client_id=machine&client_secret=" + secret, basic("machine:" + secret), "invalid_request"},
                         Row{"client_id=app", basic("machine:" + secret), "invalid_request"}, Row{"client_id=app&client_id=app", "", "invalid_request"},
                         Row{"client_assertion=x&client_secret=y&client_id=machine", "", "invalid_request"}, Row{"", "", "invalid_client"},
                         Row{"client_id=machine", "", "invalid_client"}, Row{"client_id=nobody", "", "invalid_client"}, Row{"client_id=signer", "", "invalid_client"},
                         Row{"client_id=app&client_secret=" + secret, "", "invalid_client"}, Row{"client_id=machine&client_secret=wrong", "", "invalid_client"},
                         Row{"client_id=former&client_secret=" + secret, "", "invalid_client"}, Row{"", basic("machine:"), "invalid_client"},
                         Row{"", basic("machine"), "invalid_client"}, Row{"", "Basic !", "invalid_client"}, Row{"", "Bearer " + secret, "invalid_client"}}) {
    EXPECT_EQ(outcome(row.body, row.authorization), row.outcome) << row.body << " | " << row.authorization;
  }
}

// RFC 6749 section 2.3.1: form-encoded before they are joined, so that a colon can be in either.
TEST_F(ClientAuthentication, Basic_IsFormEncodedWithin) {
  const std::string secret = "a:b%c +";
  add({.id = "odd.id", .secret_digest = crypto::opaque_token_digest(secret), .created = kTime});
  EXPECT_EQ(outcome("", basic("odd%2Eid:a%3Ab%25c+%2B")), "odd.id");
}

TEST_F(ClientAuthentication, Assertion_HoldsOnce) {
  EXPECT_EQ(assert_it(), "signer");
  EXPECT_EQ(assert_it(), "invalid_client");
  EXPECT_EQ(assert_it({{"jti", "two"}, {"aud", settings_.url + std::string(kTokenPath)}}), "signer");
}

TEST_F(ClientAuthentication, Assertion_WithAnyFault_DoesNotHold) {
  const auto other = *crypto::PrivateKey::generate(crypto::KeyKind::EcP256);
  EXPECT_EQ(assert_it({}, &other), "invalid_client");
  for (const JsonObject& change : {JsonObject{{"aud", "https://other.example"}}, JsonObject{{"sub", "machine"}}, JsonObject{{"iss", "machine"}}, JsonObject{{"iss", "nobody"}},
                                   JsonObject{{"jti", nullptr}}, JsonObject{{"exp", nullptr}}, JsonObject{{"exp", unix_seconds(kTime - minutes(1))}},
                                   JsonObject{{"exp", unix_seconds(kTime + minutes(11))}}, JsonObject{{"nbf", unix_seconds(kTime + minutes(2))}}}) {
    EXPECT_EQ(assert_it(change), "invalid_client") << to_json(change);
  }
  EXPECT_EQ(assert_it(), "signer");  // none of these used up its jti
}

// Threat: strangers who find out which clients there are.
TEST_F(ClientAuthentication, WhatDoesNotHold_IsToldAlikeWhetherTheClientExists) {
  const auto other = *crypto::PrivateKey::generate(crypto::KeyKind::EcP256);
  const auto refusal = [&](const std::string& body) { return asked(body).error(); };
  const Refusal unknown = refusal(assertion_form({{"iss", "nobody"}, {"sub", "nobody"}}, &other));
  for (const std::string& body : {assertion_form({}, &other), assertion_form({{"aud", "https://other.example"}}), assertion_form({{"iss", "machine"}, {"sub", "machine"}}),
                                  std::string("client_id=machine&client_secret=wrong"), std::string("client_id=nobody&client_secret=wrong"), std::string("client_id=signer")}) {
    EXPECT_EQ(refusal(body).error, unknown.error) << body;
    EXPECT_EQ(refusal(body).description, unknown.description) << body;
  }
  // Who reads the log is told.
  EXPECT_NE(refused(refusal(assertion_form({}, &other)), "r").refusal.find("signature"), std::string::npos);
  EXPECT_EQ(refused(refusal(assertion_form({}, &other)), "r").body.find("signature"), std::string::npos);
}

}  // namespace
}  // namespace quivive::issuer
