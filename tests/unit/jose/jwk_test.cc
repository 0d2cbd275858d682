#include "jose/jwk.h"

#include "support.h"
#include "vectors.h"

#include <gtest/gtest.h>

namespace quivive::jose {
namespace {

using test::object;

constexpr std::string_view kRfc7638 =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";

TEST(Jwk, Rfc7638_Thumbprint) {
  const auto key = Jwk::from_json(object(kRfc7638));
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(key->kid(), "2011-04-29");
  EXPECT_EQ(key->algorithm(), JwsAlgorithm::RS256);
  EXPECT_EQ(key->description(), "RSA 2048");
}

TEST(Jwk, Rfc8037_Thumbprint) {
  const auto key =
      Jwk::from_json(object(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"));
  EXPECT_EQ(key->thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(Jwk, EveryKind_RoundTripsThroughJson) {
  const KeySet set = KeySet::parse(vectors::kKeySet).value();
  for (const Jwk& key : set.keys()) {
    const auto again = Jwk::from_json(key.to_json());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->thumbprint(), key.thumbprint());
    EXPECT_EQ(again->kid(), key.kid());
  }
}

// What pairs algorithms with keys, whole: the one place where a confusion could begin.
TEST(Jwk, Fits_OnlyTheKeysOwnAlgorithms) {
  const KeySet set = KeySet::parse(vectors::kKeySet).value();
  const auto fitting = [](const Jwk& key) {
    std::string out;
    for (const JwsAlgorithmInfo& row : all_algorithms()) {
      if (key.fits(row.algorithm)) out += (out.empty() ? "" : " ") + std::string(row.name);
    }
    return out;
  };
  const std::string expected[] = {
      "RS256 RS384 RS512 PS256 PS384 PS512", "ES256", "ES384", "ES512", "EdDSA Ed25519", "EdDSA Ed448"};
  for (std::size_t i = 0; i < set.keys().size(); ++i) EXPECT_EQ(fitting(set.keys()[i]), expected[i]);
  EXPECT_EQ(fitting(Jwk::from_json(object(kRfc7638)).value()), "RS256");
  const auto secret = [](std::size_t n) {
    return Jwk::from_secret(crypto::MacKey::make(Secret(std::string(n, 'k'))).value());
  };
  EXPECT_EQ(fitting(secret(32)), "HS256");
  EXPECT_EQ(fitting(secret(48)), "HS256 HS384");
  EXPECT_EQ(fitting(secret(64)), "HS256 HS384 HS512");
}

struct JwkRow {
  std::string json;
  JwkProblem::Kind kind;
  std::string part;
};

TEST(Jwk, UnusableKey_SaysWhy) {
  using enum JwkProblem::Kind;
  const std::string ec =
      R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";
  ASSERT_TRUE(Jwk::from_json(object("{" + ec + "}")));
  ASSERT_TRUE(Jwk::from_json(
      object("{" + ec + R"(,"use":"sig","key_ops":["verify"],"alg":"ES256","x5c":["garbage"],"x5u":7})")));
  const auto with = [&](std::string_view more) { return "{" + ec + "," + std::string(more) + "}"; };
  const std::string n(342, 'A');
  for (
      const JwkRow& row : std::vector<JwkRow>{
          {"{}", Refused, "kty"},
          {R"({"kty":7})", Refused, "kty"},
          {R"({"kty":"AKP"})", Skipped, "AKP"},
          {R"({"kty":"rsa"})", Skipped, "rsa"},
          {with(R"("use":"enc")"), Skipped, "use is enc"},
          {with(R"("use":"")"), Skipped, "use is"},
          {with(R"("use":1)"), Refused, "use is not a string"},
          {with(R"("key_ops":["encrypt"])"), Skipped, "verify"},
          {with(R"("key_ops":[])"), Skipped, "verify"},
          {with(R"("key_ops":"verify")"), Refused, "array"},
          {with(R"("key_ops":["verify",1])"), Refused, "not a string"},
          {with(R"("kid":7)"), Refused, "kid is not a string"},
          {with(R"("alg":7)"), Refused, "alg is not a string"},
          {with(R"("alg":"ECDH-ES")"), Skipped, "ECDH-ES"},
          {with(R"("alg":"es256")"), Skipped, "es256"},
          {with(R"("alg":"")"), Skipped, "alg"},
          {with(R"("alg":"ES384")"), Refused, "ES384 does not fit"},
          {with(R"("alg":"HS256")"), Refused, "HS256 does not fit"},
          {with(R"("d":"AAAA")"), Refused, "private member d"},
          {with(R"("k":"AAAA")"), Refused, "private member k"},
          {R"({"kty":"EC"})", Refused, "crv"},
          {R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})", Skipped, "secp256k1"},
          {R"({"kty":"EC","crv":"Ed25519","x":"AA"})", Skipped, "Ed25519"},
          {R"({"kty":"OKP","crv":"P-256","x":"AA","y":"AA"})", Skipped, "P-256"},
          {R"({"kty":"OKP","crv":"X25519","x":"AA"})", Skipped, "X25519"},
          {R"({"kty":"OKP","crv":"Ed25519","x":"AA"})", Refused, "octets"},
          {R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})", Refused, "octets"},
          {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"})",
           Refused, "not on the curve"},
          {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="})", Refused,
           "x is not base64url"},
          {R"({"kty":"RSA","n":"AQAB"})", Refused, "e is missing"},
          {R"({"kty":"RSA","e":"AQAB"})", Refused, "n is missing"},
          {R"({"kty":"RSA","n":"","e":"AQAB"})", Refused, "n is not base64url"},
          {R"({"kty":"RSA","n":"_w","e":"AQAB"})", Refused, "8 bits"},
          {R"({"kty":"RSA","n":")" + n + R"(","e":"AQAB"})", Refused, "padded"},
          {R"({"kty":"RSA","n":"_)" + std::string(2000, '_') + R"(w","e":"AQAB"})", Refused, "at most"},
          {R"({"kty":"oct"})", Refused, "k is missing"},
          {R"({"kty":"oct","k":""})", Refused, "k is not"},
          {R"({"kty":"oct","k":"c2hvcnQ"})", Refused, "32"},
          {R"({"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","alg":"HS512"})", Refused,
           "HS512 does not fit"},
          {R"({"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","alg":"RS256"})", Refused,
           "RS256 does not fit"},
      }) {
    const auto key = Jwk::from_json(object(row.json));
    ASSERT_FALSE(key) << row.json;
    EXPECT_EQ(key.error().kind, row.kind) << row.json;
    EXPECT_NE(key.error().message.find(row.part), std::string::npos) << row.json << ": " << key.error().message;
  }
}

TEST(Algorithm, Names_AreExact) {
  EXPECT_EQ(all_algorithms().size(), 15U);
  for (const JwsAlgorithmInfo& row : all_algorithms()) EXPECT_EQ(parse_algorithm(row.name), row.algorithm);
  for (const std::string_view name : {"", "none", "rs256", "RS256 ", "RS2561", "HS1", "ES256K"}) {
    EXPECT_FALSE(parse_algorithm(name)) << name;
  }
}

}  // namespace
}  // namespace quivive::jose
