#include "crypto/private_key.h"
#include "crypto/digest.h"
#include "jose/jwk_set.h"

#include "unit/diagnose/rules/support.h"

namespace quivive::diagnose::test {
namespace {

const crypto::PrivateKey& first() {
  static const crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
  return key;
}
const crypto::PrivateKey& second() {
  static const crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
  return key;
}

std::string set_of(std::initializer_list<std::pair<const crypto::PrivateKey*, std::string_view>> keys) {
  std::vector<jose::Jwk> list;
  for (const auto& [key, kid] : keys) list.push_back(jose::Jwk::from_public_key(key->public_key(), std::string(kid)));
  return jose::to_document(jose::KeySet::of(std::move(list)).value());
}

std::string signed_by(const crypto::PrivateKey& key, std::string_view header) {
  const std::string input = base64url_encode(header) + "." + base64url_encode(living());
  return input + "." + base64url_encode(key.sign({crypto::SignatureScheme::Ecdsa, crypto::HashKind::Sha256}, input).value());
}
std::string mac_by(std::string_view secret) {
  const std::string input = base64url_encode(R"({"alg":"HS256"})") + "." + base64url_encode(living());
  return input + "." + base64url_encode(crypto::hmac(crypto::HashKind::Sha256, secret, input));
}

Expectations with(std::vector<std::string> documents) {
  Expectations out;
  for (std::string& text : documents) out.key_sets.push_back({fmt::format("set{}.json", out.key_sets.size() + 1), std::move(text)});
  return out;
}

std::string refused(std::string_view token) { return exchange(bearer(token), 401, "WWW-Authenticate: Bearer\n"); }

constexpr std::string_view kA = R"({"alg":"ES256","kid":"a"})";

TEST(TokenKeys, Token_AgainstKeySets) {
  const std::string secret = "0123456789abcdef0123456789abcdef";
  const std::string oct = fmt::format(R"({{"keys":[{{"kty":"oct","k":"{}"}}]}})", base64url_encode(secret));
  check({
      {"unknown kid", refused(signed_by(first(), kA)), "token-unknown-key certain", "*", with({set_of({{&second(), "b"}})})},
      {"unknown kid, known key", refused(signed_by(first(), R"({"alg":"ES256","kid":"x"})")), "token-unknown-key certain", "*",
       with({set_of({{&first(), "a"}})})},
      {"signed by another", refused(signed_by(second(), kA)), "token-bad-signature certain", "*", with({set_of({{&first(), "a"}})})},
      {"altered", refused(jwt(living(), kA)), "token-bad-signature certain", "*", with({set_of({{&first(), "a"}, {&second(), "b"}})})},
      {"another algorithm than the key's", refused(jwt(living(), R"({"alg":"RS256","kid":"a"})")), "token-algorithm-not-allowed certain",
       "*", with({set_of({{&first(), "a"}})})},
      {"HS256 against public keys", refused(mac_by(secret)), "token-algorithm-not-allowed certain", "*", with({set_of({{&first(), "a"}})})},
      {"no kid, several keys", refused(signed_by(first(), R"({"alg":"ES256"})")), "token-kid-missing probable", "*",
       with({set_of({{&first(), "a"}, {&second(), "b"}})})},
      {"no kid, none fits", refused(jwt(living(), R"({"alg":"ES256"})")), "token-bad-signature certain", "*",
       with({set_of({{&first(), "a"}, {&second(), "b"}})})},
      {"one kid, two keys", refused(signed_by(second(), kA)), "token-same-kid-new-key certain", "*",
       with({set_of({{&first(), "a"}}), set_of({{&second(), "a"}})})},
      {"in the newer set only", refused(signed_by(second(), R"({"alg":"ES256","kid":"b"})")), "token-unknown-key probable", "*",
       with({set_of({{&first(), "a"}}), set_of({{&second(), "b"}})})},
      {"the base64 text as the secret", refused(mac_by(base64url_encode(secret))), "token-bad-signature certain", "*", with({oct})},

  });
  const Diagnosis text = judge(Format::Http, refused(mac_by(base64url_encode(secret))), with({oct}));
  EXPECT_NE(find(text, Cause::TokenBadSignature)->detail.find("base64 text of the secret"), std::string::npos);
}

TEST(TokenKeys, Good_SaysNothing) {
  const auto codes = [](std::string_view token, std::vector<std::string> sets) {
    std::string out = codes_of(judge(Format::Token, token, with(std::move(sets))));
    return out;
  };
  EXPECT_EQ(codes(signed_by(first(), kA), {set_of({{&first(), "a"}, {&second(), "b"}})}), "");
  EXPECT_EQ(codes(signed_by(first(), R"({"alg":"ES256"})"), {set_of({{&first(), "a"}})}), "");
  EXPECT_EQ(codes(signed_by(first(), kA), {set_of({{&first(), ""}})}), "") << "a key without an id verifies any";
  EXPECT_EQ(codes(signed_by(first(), kA), {"not a key set"}), "");
  // A token that was accepted although its signature is wrong deserves a warning.
  EXPECT_EQ(found(judge(Format::Http, exchange(bearer(signed_by(second(), kA)), 200), with({set_of({{&first(), "a"}})})),
                  Cause::TokenBadSignature),
            "certain warning");
}

}  // namespace
}  // namespace quivive::diagnose::test
