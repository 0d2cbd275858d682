#include "jose/jwk_set.h"

#include "support.h"
#include "vectors.h"

#include <gtest/gtest.h>

namespace quivive::jose {
namespace {

using Found = KeySet::Found;

crypto::PublicKey new_key(crypto::KeyKind kind) { return crypto::PrivateKey::generate(kind).value().public_key(); }
Jwk ec(std::string kid = {}, std::optional<JwsAlgorithm> algorithm = {}) {
  return Jwk::from_public_key(new_key(crypto::KeyKind::EcP256), std::move(kid), algorithm);
}
Jwk ed(std::string kid = {}) { return Jwk::from_public_key(new_key(crypto::KeyKind::Ed25519), std::move(kid)); }

TEST(KeySet, MixedDocument_KeepsWhatServesAndNotesTheRest) {
  const auto set = KeySet::parse(
      R"({"other":1,"keys":[{"kty":"OKP","crv":"Ed25519","kid":"good","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
          {"kty":"RSA","kid":"enc","use":"enc","n":"AA","e":"AQAB"},{"kty":"RSA","kid":"weak","n":"_w","e":"AQAB"},7,{"kty":"XYZ"},
          {"kty":"oct","kid":"secret","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
          {"kty":"OKP","crv":"Ed25519","kid":"good","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->keys().size(), 1U);
  const std::vector<std::string> notes(set->notes().begin(), set->notes().end());
  EXPECT_EQ(notes, (std::vector<std::string>{
                       "key 2 (kid enc) skipped: use is enc, not sig",
                       "key 3 (kid weak) refused: RSA key of 8 bits; 2048 are required",
                       "key 4 refused: not an object",
                       "key 5 skipped: kty XYZ is not known",
                       "key 6 (kid secret) refused: a secret (kty oct) has no place in a published key set",
                       "kid good: the same key twice",
                   }));
}

TEST(KeySet, DocumentThatIsNoKeySet_Refused) {
  std::string many = R"({"keys":[)";
  for (int i = 0; i < 101; ++i) many += i == 0 ? "{}" : ",{}";
  many += "]}";
  struct Row {
    std::string document, part;
  };
  for (const Row& row :
       std::vector<Row>{{"", "not JSON"},
                        {"<html>", "not JSON"},
                        {"[]", "not an object"},
                        {"{}", "\"keys\""},
                        {R"({"keys":{}})", "\"keys\""},
                        {R"({"keys":[]})", "no usable key"},
                        {R"({"keys":[{"kty":"XYZ"}]})", "XYZ"},
                        {R"({"keys":[],"keys":[]})", "duplicate"},
                        {std::string(vectors::kSecretKeySet), "kty oct"},
                        {many, "at most 100"},
                        {std::string(vectors::kKeySet) + std::string(256 * 1024, ' '), "at most 262144"},
                        {std::string(vectors::kKeySet) + "x", "more text"}}) {
    const auto set = KeySet::parse(row.document);
    ASSERT_FALSE(set) << row.document.substr(0, 80);
    EXPECT_NE(set.error().message.find(row.part), std::string::npos) << set.error().message;
  }
  EXPECT_FALSE(KeySet::of({}));
  EXPECT_TRUE(KeySet::parse(vectors::kSecretKeySet, SymmetricKeys::Allow));
}

TEST(KeySet, Find_FollowsTheRules) {
  const Jwk a = ec("a"), b = ec("b"), b_ed = ed("b"), bound = ec("bound", JwsAlgorithm::ES256);
  const KeySet set = KeySet::of({a, b, b_ed, bound, ec("twice"), ec("twice")}).value();
  const auto thumbprint = [](const KeySet::Lookup& lookup) {
    return lookup.key == nullptr ? "" : lookup.key->thumbprint();
  };
  EXPECT_EQ(thumbprint(set.find("a", JwsAlgorithm::ES256)), a.thumbprint());
  // One kid for keys of two kinds: the algorithm picks.
  EXPECT_EQ(thumbprint(set.find("b", JwsAlgorithm::ES256)), b.thumbprint());
  EXPECT_EQ(thumbprint(set.find("b", JwsAlgorithm::EdDSA)), b_ed.thumbprint());
  EXPECT_EQ(set.find("a", JwsAlgorithm::EdDSA).found, Found::Misfit);
  EXPECT_EQ(set.find("a", JwsAlgorithm::HS256).found, Found::Misfit);
  EXPECT_EQ(set.find("twice", JwsAlgorithm::ES256).found, Found::Ambiguous);
  EXPECT_EQ(set.find("c", JwsAlgorithm::ES256).found, Found::Unknown);
  EXPECT_EQ(set.find("A", JwsAlgorithm::ES256).found, Found::Unknown);
  // No kid: exactly one key must fit.
  EXPECT_EQ(set.find("", JwsAlgorithm::ES256).found, Found::Ambiguous);
  EXPECT_EQ(thumbprint(set.find("", JwsAlgorithm::EdDSA)), b_ed.thumbprint());
  EXPECT_EQ(set.find("", JwsAlgorithm::RS256).found, Found::Unknown);
  EXPECT_EQ(set.find("", JwsAlgorithm::RS256).key, nullptr);
  EXPECT_EQ(set.find("", JwsAlgorithm::ES256).key, nullptr);
}

TEST(KeySet, KeyWithoutKid_ServesAnyKidUnlessAnotherHasIt) {
  const Jwk anonymous = ec(), named = ec("named");
  const KeySet set = KeySet::of({anonymous, named}).value();
  EXPECT_EQ(set.find("whatever", JwsAlgorithm::ES256).key->thumbprint(), anonymous.thumbprint());
  EXPECT_EQ(set.find("named", JwsAlgorithm::ES256).key->thumbprint(), named.thumbprint());
  EXPECT_EQ(set.find("whatever", JwsAlgorithm::RS256).found, Found::Unknown);
}

TEST(KeySet, Fingerprint_IsThatOfTheUsableKeys) {
  const Jwk a = ec("a"), b = ec("b");
  const auto fingerprint = [](std::vector<Jwk> keys) { return KeySet::of(std::move(keys)).value().fingerprint(); };
  EXPECT_EQ(fingerprint({a, b}), fingerprint({b, a}));
  EXPECT_EQ(fingerprint({a, b}), fingerprint({b, a, a}));
  EXPECT_NE(fingerprint({a, b}), fingerprint({a}));
  const crypto::PublicKey& key = *a.public_key();
  EXPECT_NE(fingerprint({a}), fingerprint({Jwk::from_public_key(key, "A")}));
  EXPECT_NE(fingerprint({a}), fingerprint({Jwk::from_public_key(key, "a", JwsAlgorithm::ES256)}));
  const auto secret = [](char c) {
    return Jwk::from_secret(crypto::MacKey::make(Secret(std::string(32, c))).value(), "s");
  };
  EXPECT_NE(fingerprint({secret('a')}), fingerprint({secret('b')}));
}

TEST(KeySet, Document_RoundTripsWithoutSecrets) {
  const KeySet set = KeySet::parse(vectors::kKeySet).value();
  const KeySet again = KeySet::parse(to_document(set)).value();
  EXPECT_EQ(again.fingerprint(), set.fingerprint());
  const KeySet secret = KeySet::parse(vectors::kSecretKeySet, SymmetricKeys::Allow).value();
  EXPECT_EQ(to_document(secret), R"({"keys":[]})");
}

}  // namespace
}  // namespace quivive::jose
