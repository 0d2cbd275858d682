#include "jose/verify_jwt.h"

#include "support.h"
#include "vectors.h"

#include <gtest/gtest.h>

namespace quivive::jose {
namespace {

using namespace test;

// RFC 7515 appendix A: the keys and tokens as printed there.
struct Rfc7515 {
  std::string_view jwk, token;
  JwsAlgorithm algorithm;
};
constexpr Rfc7515 kRfc7515[] = {
    {R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
     "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
     "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
     "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
     JwsAlgorithm::HS256},
    {R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})",
     "eyJhbGciOiJSUzI1NiJ9."
     "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
     "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
     "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
     "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
     JwsAlgorithm::RS256},
    {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     "eyJhbGciOiJFUzI1NiJ9."
     "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
     JwsAlgorithm::ES256},
};

TEST(VerifyJwt, Rfc7515Examples_Verify) {
  for (const Rfc7515& row : kRfc7515) {
    const KeySet keys = KeySet::of({Jwk::from_json(object(row.jwk)).value()}).value();
    const JwtPolicy policy =
        JwtPolicy::Builder("joe").accept_any_audience().allow_algorithm(row.algorithm).build().value();
    EXPECT_EQ(codes(judge(row.token, policy, keys, from_unix_seconds(1300819380))), "allowed");
    EXPECT_EQ(codes(judge(row.token, policy, keys, from_unix_seconds(1300819380 + 60))), "token-expired");
    std::string other(row.token);
    other[other.find('.') + 5] ^= 1;
    EXPECT_NE(codes(judge(other, policy, keys, from_unix_seconds(1300819380))), "allowed");
  }
}

TEST(VerifyJwt, EveryAlgorithm_AcceptsAnotherImplementationsToken) {
  const KeySet public_keys = KeySet::parse(vectors::kKeySet).value(),
               secrets = KeySet::parse(vectors::kSecretKeySet, SymmetricKeys::Allow).value();
  ASSERT_EQ(vectors::kTokens.size(), all_algorithms().size());
  for (const vectors::Signed& row : vectors::kTokens) {
    const JwsAlgorithm algorithm = parse_algorithm(row.algorithm).value();
    const KeySet& keys = is_symmetric(algorithm) ? secrets : public_keys;
    const JwtPolicy policy = policy_builder({algorithm}).require_type("at+jwt").build().value();
    const auto verified = judge(row.token, policy, keys);
    ASSERT_EQ(codes(verified), "allowed") << row.algorithm;
    EXPECT_EQ(verified->subject(), "alice");
    // Every other algorithm's policy refuses it.
    for (const JwsAlgorithmInfo& other : all_algorithms()) {
      if (other.algorithm == algorithm) continue;
      EXPECT_EQ(codes(judge(row.token, policy_builder({other.algorithm}).build().value(), keys)),
                "token-algorithm-not-allowed")
          << row.algorithm << " " << other.name;
    }
    // One bit anywhere in the signed text.
    const std::size_t end = row.token.rfind('.');
    for (std::size_t i = 0; i < end; i += 7) {
      std::string flipped(row.token);
      flipped[i] = static_cast<char>(flipped[i] ^ 1);
      EXPECT_NE(codes(judge(flipped, policy, keys)), "allowed") << i;
    }
  }
}

TEST(VerifyJwt, PssWithAnotherSalt_Refused) {
  EXPECT_EQ(codes(judge(vectors::kPssWithShortSalt, policy_builder({JwsAlgorithm::PS256}).build().value(),
                        KeySet::parse(vectors::kKeySet).value())),
            "token-bad-signature");
}

TEST(VerifyJwt, Accessors_GiveTheClaims) {
  JsonObject c = claims();
  c["aud"] = JsonArray{"https://other.example.com", kAudience};
  c["nbf"] = kNow - 10;
  c["exp"] = static_cast<double>(kNow) + 3600.5;
  c["jti"] = "t-1";
  c["scope"] = " read  write ";
  c["groups"] = JsonArray{"a", 7, "b"};
  c["role"] = "admin";
  c["realm_access"] = JsonObject{{"roles", JsonArray{"x"}}, {"n", 1}};
  c["https://example.com/roles"] = JsonArray{"dotted"};
  const JwtSigner signer = JwtSigner::make(es256_key(), JwsAlgorithm::ES256, "k1").value();
  const auto jwt = judge(signer.sign(c).value(), policy_builder({JwsAlgorithm::ES256}).build().value(), es256_keys());
  ASSERT_EQ(codes(jwt), "allowed");
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(jwt->issuer(), kIssuer);
  EXPECT_EQ(jwt->subject(), "alice");
  EXPECT_EQ(jwt->id(), "t-1");
  EXPECT_EQ(jwt->audiences(), (Words{"https://other.example.com", kAudience}));
  EXPECT_EQ(jwt->expires(), from_unix_seconds(kNow + 3600) + Duration{500});
  EXPECT_EQ(jwt->not_before(), from_unix_seconds(kNow - 10));
  EXPECT_EQ(jwt->issued_at(), from_unix_seconds(kNow));
  EXPECT_EQ(jwt->scopes(), (Words{"read", "write"}));
  EXPECT_EQ(jwt->strings("groups"), (Words{"a", "b"}));
  EXPECT_EQ(jwt->strings("role"), (Words{"admin"}));
  EXPECT_EQ(jwt->strings("realm_access.roles"), (Words{"x"}));
  EXPECT_EQ(jwt->strings("https://example.com/roles"), (Words{"dotted"}));
  EXPECT_EQ(jwt->claim("realm_access.n")->as_int64(), 1);
  for (const std::string_view none : {"", ".", "missing", "role.x", "realm_access.", "realm_access.roles.x", ".role"}) {
    EXPECT_EQ(jwt->claim(none), nullptr) << none;
  }
}

TEST(VerifyJwt, ScpClaim_StringOrArray) {
  const JwtSigner signer = JwtSigner::make(es256_key(), JwsAlgorithm::ES256, "k1").value();
  const JwtPolicy policy = policy_builder({JwsAlgorithm::ES256}).build().value();
  for (const Json& scp : {Json("a b"), Json(JsonArray{"a", "b"})}) {
    JsonObject c = claims();
    c.erase("scope");
    c["scp"] = scp;
    EXPECT_EQ(judge(signer.sign(c).value(), policy, es256_keys())->scopes(), (std::vector<std::string_view>{"a", "b"}));
  }
}

// Claims laid over those of a good token; null removes one. The codes are all failures, most informative first.
struct ClaimRow {
  std::string_view changes, codes, detail;
};

std::string token_with(std::string_view changes, std::string_view typ = "JWT") {
  JsonObject c = claims();
  for (const auto& [name, value] : object(changes)) {
    if (value.is_null()) {
      c.erase(name);
    } else {
      c[name] = value;
    }
  }
  return JwtSigner::make(es256_key(), JwsAlgorithm::ES256, "k1", typ)->sign(c).value();
}

void expect_claims(const JwtPolicy& policy, std::initializer_list<ClaimRow> rows) {
  for (const ClaimRow& row : rows) {
    const auto result = judge(token_with(row.changes), policy, es256_keys());
    EXPECT_EQ(codes(result), row.codes) << row.changes;
    if (!result) {
      EXPECT_NE(result.error().first().detail.find(row.detail), std::string::npos) << result.error().first().detail;
    }
  }
}

TEST(VerifyJwt, Claims_StrictPolicy) {
  expect_claims(
      policy_builder({JwsAlgorithm::ES256}).require_claim("sub").build().value(),
      {
          {"{}", "allowed", ""},
          // now = 1700000000, leeway 60 s
          {R"({"exp":1699999941})", "allowed", ""},
          {R"({"exp":1699999940})", "token-expired", "exp 2023-11-14T22:12:20Z, now 2023-11-14T22:13:20Z, leeway 60 s"},
          {R"({"exp":1699999940.001})", "allowed", ""},
          {R"({"exp":1699999939.999})", "token-expired", ""},
          {R"({"exp":0})", "token-expired", "1970-01-01T00:00:00Z"},
          {R"({"exp":-1})", "token-expired", "-1 s"},
          {R"({"exp":-1e308})", "token-bad-claim", "no date"},
          {R"({"exp":1e308})", "token-bad-claim", "no date"},
          {R"({"exp":18446744073709551615})", "token-bad-claim", "no date"},
          {R"({"exp":-9223372036854775808})", "token-bad-claim", "no date"},
          {R"({"exp":null})", "token-missing-claim", "exp"},
          {R"({"exp":"1800000000"})", "token-bad-claim", "exp is not a number"},
          {R"({"exp":[1800000000]})", "token-bad-claim", "exp is not a number"},
          {R"({"nbf":1700000060})", "allowed", ""},
          {R"({"nbf":1700000061})", "token-not-yet-valid", "nbf 2023-11-14T22:14:21Z"},
          {R"({"nbf":1700000000000})", "token-bad-claim", "milliseconds"},
          {R"({"exp":253402300799})", "allowed", ""},
          {R"({"exp":253402300800})", "token-bad-claim", "milliseconds"},
          {R"({"nbf":true})", "token-bad-claim", "nbf"},
          {R"({"iat":1700000060})", "allowed", ""},
          {R"({"iat":1700000061})", "token-issued-in-future", "iat 2023-11-14T22:14:21Z"},
          {R"({"iat":1e308})", "token-bad-claim", "no date"},
          {R"({"iat":null})", "allowed", ""},
          {R"({"iat":{}})", "token-bad-claim", "iat"},
          {R"({"iss":null})", "token-missing-claim", "iss"},
          {R"({"iss":7})", "token-bad-claim", "iss"},
          {R"({"iss":"https://id.example.com/"})", "token-wrong-issuer", "expected https://id.example.com"},
          {R"({"iss":"https://ID.example.com"})", "token-wrong-issuer", ""},
          {R"({"iss":"\u001b[2J"})", "token-wrong-issuer", "\\x1b[2J"},
          {R"({"aud":null})", "token-missing-claim", "aud"},
          {R"({"aud":[]})", "token-wrong-audience", ""},
          {R"({"aud":""})", "token-wrong-audience", ""},
          {R"({"aud":"https://api.example.com/"})", "token-wrong-audience", "expected https://api.example.com"},
          {R"({"aud":["x","https://api.example.com"]})", "allowed", ""},
          {R"({"aud":["https://api.example.com",7]})", "token-bad-claim", "aud"},
          {R"({"aud":{"https://api.example.com":1}})", "token-bad-claim", "aud"},
          {R"({"sub":null})", "token-missing-claim", "sub"},
          {R"({"sub":7})", "token-bad-claim", "sub is not a string"},
          {R"({"jti":7})", "token-bad-claim", "jti"},
          {R"({"scope":["read"]})", "allowed", ""},
          {R"({"scope":[7]})", "token-bad-claim", "scope"},
          {R"({"scp":7})", "token-bad-claim", "scp"},
          // ID tokens
          {R"({"nonce":"n","scope":null})", "token-is-id-token", "nonce"},
          {R"({"nonce":"n"})", "allowed", ""},
          {R"({"at_hash":"x"})", "token-is-id-token", "at_hash"},
          {R"({"c_hash":"x"})", "token-is-id-token", "c_hash"},
          {R"({"typ":"ID"})", "token-is-id-token", "typ"},
          {R"({"typ":"Bearer"})", "allowed", ""},
          {R"({"typ":7})", "allowed", ""},
          // Keycloak's other tokens
          {R"({"typ":"Refresh"})", "token-bad-claim", "the claim typ is Refresh"},
          {R"({"typ":"Offline"})", "token-bad-claim", "Offline"},
          {R"({"typ":"Logout"})", "token-bad-claim", "Logout"},
          // all of them, the most informative first
          {R"({"iss":"x","aud":"y","exp":0,"nbf":1800000000,"iat":1800000000,"sub":null,"jti":7,"at_hash":"z"})",
           "token-expired token-not-yet-valid token-issued-in-future token-wrong-audience token-bad-claim "
           "token-missing-claim token-is-id-token token-wrong-issuer",
           ""},
      });
}

TEST(VerifyJwt, Claims_LenientPolicy) {
  JwtPolicy::Builder builder{std::string(kIssuer)};
  const JwtPolicy policy = builder.accept_any_audience()
                               .allow_missing_expiration()
                               .accept_id_tokens()
                               .leeway(Duration{0})
                               .allow_algorithm(JwsAlgorithm::ES256)
                               .build()
                               .value();
  expect_claims(policy, {
                            {R"({"exp":null,"aud":null,"sub":null,"iat":null})", "allowed", ""},
                            {R"({"aud":"anything"})", "allowed", ""},
                            {R"({"aud":7})", "token-bad-claim", "aud"},
                            {R"({"at_hash":"x","nonce":"n","scope":null})", "allowed", ""},
                            {R"({"exp":1700000000})", "token-expired", ""},
                            {R"({"exp":1700000000.001})", "allowed", ""},
                        });
}

TEST(VerifyJwt, MaxAge_CountsFromIat) {
  expect_claims(policy_builder({JwsAlgorithm::ES256}).max_age(std::chrono::seconds{600}).build().value(),
                {
                    {R"({"iat":1699999341})", "allowed", ""},
                    {R"({"iat":1699999340})", "token-expired", "maximum age 600 s"},
                    {R"({"iat":-1e308})", "token-bad-claim", ""},
                    {R"({"iat":null})", "token-missing-claim", "iat"},
                    {R"({"iat":"x"})", "token-bad-claim", "iat"},
                });
}

TEST(VerifyJwt, Type_IsHeldToThePolicy) {
  const JwtPolicy any = policy_builder({JwsAlgorithm::ES256}).build().value();
  const JwtPolicy access = policy_builder({JwsAlgorithm::ES256}).require_type("at+jwt").build().value();
  struct Row {
    std::string_view typ, any, access;
  };
  for (const Row& row : {Row{"at+jwt", "allowed", "allowed"}, Row{"application/AT+JWT", "allowed", "allowed"},
                         Row{"JWT", "allowed", "token-bad-claim"}, Row{"", "allowed", "token-bad-claim"},
                         Row{"id+jwt", "token-is-id-token", "token-bad-claim token-is-id-token"},
                         Row{"ID_TOKEN", "token-is-id-token", "token-bad-claim token-is-id-token"}}) {
    EXPECT_EQ(codes(judge(token_with("{}", row.typ), any, es256_keys())), row.any) << row.typ;
    EXPECT_EQ(codes(judge(token_with("{}", row.typ), access, es256_keys())), row.access) << row.typ;
  }
  // Of another use, unless it is the one that was asked for.
  for (const std::string_view typ : {"logout+jwt", "application/secevent+jwt", "DPoP+JWT", "oauth-authz-req+jwt", "token-introspection+jwt", "refresh+jwt", "kb+jwt",
                                     "dc+sd-jwt", "entity-statement+jwt"}) {
    EXPECT_EQ(codes(judge(token_with("{}", typ), any, es256_keys())), "token-bad-claim") << typ;
    const JwtPolicy asked = policy_builder({JwsAlgorithm::ES256}).require_type(std::string(typ.substr(typ.find('/') + 1))).build().value();
    EXPECT_EQ(codes(judge(token_with("{}", typ), asked, es256_keys())), "allowed") << typ;
  }
  for (const std::string_view typ : {"application/jwt", "application/at+jwt", "access+jwt", "my-own"}) {
    EXPECT_EQ(codes(judge(token_with("{}", typ), any, es256_keys())), "allowed") << typ;
  }
  // The marks of an ID token count whatever its typ says.
  EXPECT_EQ(codes(judge(token_with(R"({"nonce":"n","scope":null})", "at+jwt"), access, es256_keys())), "token-is-id-token");
}

TEST(SelectKey, EveryMisfit_GetsItsReason) {
  const KeySet keys = KeySet::parse(vectors::kKeySet).value();
  const JwtPolicy policy =
      policy_builder({JwsAlgorithm::ES256, JwsAlgorithm::RS256, JwsAlgorithm::PS256}).build().value();
  struct Row {
    std::string_view header, code, detail;
  };
  for (const Row& row :
       {Row{R"({"alg":"ES256","kid":"ec256"})", "", ""}, Row{R"({"alg":"ES256"})", "", ""},
        Row{R"({"alg":"ES256","kid":""})", "", ""},
        Row{R"({"alg":"ES256","kid":"nope"})", "token-unknown-key", "none of 6 keys has kid nope"},
        Row{R"({"alg":"ES256","kid":"\n"})", "token-unknown-key", "\\x0a"},
        Row{R"({"alg":"ES256","kid":"../../dev/null"})", "token-unknown-key", ""},
        Row{R"({"alg":"ES256","kid":"rsa"})", "token-algorithm-not-allowed", "does not fit"},
        Row{R"({"alg":"ES384","kid":"ec384"})", "token-algorithm-not-allowed", "expected ES256, RS256, PS256"},
        Row{R"({"alg":"HS256","kid":"rsa"})", "token-algorithm-not-allowed", "alg HS256"},
        Row{R"({"alg":"es256","kid":"ec256"})", "token-algorithm-not-allowed", "alg es256"},
        Row{R"({"alg":"","kid":"ec256"})", "token-algorithm-not-allowed", ""}}) {
    const RawJwt raw = RawJwt::parse(compact(row.header, "{}", "s")).value();
    const auto key = select_key(raw, policy, keys);
    EXPECT_EQ(key ? "" : code_of(key.error().reason), row.code) << row.header;
    if (!key) {
      EXPECT_NE(key.error().detail.find(row.detail), std::string::npos) << key.error().detail;
    }
  }
}

// Three published confusions: HS256 with the public key's PEM as the secret, with its JWK, and with nothing at all.
TEST(VerifyJwt, HmacUnderAPublicKey_NeverVerifies) {
  const KeySet keys = KeySet::parse(vectors::kKeySet).value();
  const JwtPolicy asymmetric = policy_builder({JwsAlgorithm::RS256}).build().value(),
                  symmetric = policy_builder({JwsAlgorithm::HS256}).build().value();
  const std::string input =
      base64url_encode(R"({"alg":"HS256","kid":"rsa"})") + "." + base64url_encode(to_json(claims()));
  crypto::SignatureVerifier verifier;
  for (const std::string& secret : {keys.keys()[0].public_key()->to_pem(), to_json(keys.keys()[0].to_json()),
                                    keys.keys()[0].public_key()->params().n, std::string()}) {
    const std::string token = input + "." + base64url_encode(crypto::hmac(crypto::HashKind::Sha256, secret, input));
    EXPECT_EQ(codes(judge(token, asymmetric, keys)), "token-algorithm-not-allowed");
    EXPECT_EQ(codes(judge(token, symmetric, keys)), "token-algorithm-not-allowed");
    // Past select_key, by a careless caller.
    const RawJwt raw = RawJwt::parse(token).value();
    for (const JwtPolicy* policy : {&asymmetric, &symmetric}) {
      EXPECT_EQ(codes(verify(raw, keys.keys()[0], *policy, from_unix_seconds(kNow), verifier)),
                "token-algorithm-not-allowed");
    }
  }
}

TEST(VerifyJwt, HostileSignature_IsBad) {
  const JwtPolicy policy = policy_builder({JwsAlgorithm::ES256}).build().value();
  const std::string good = token_with("{}"), input = good.substr(0, good.rfind('.')),
                    signature = *base64url_decode(good.substr(good.rfind('.') + 1));
  ASSERT_EQ(codes(judge(good, policy, es256_keys())), "allowed");
  const std::string zero(32, '\0');
  for (const std::string& bad :
       {signature.substr(0, 63), signature + "x", zero + signature.substr(32), signature.substr(0, 32) + zero,
        zero + zero, signature.substr(32) + signature.substr(0, 32), std::string("\x30\x06\x02\x01\x01\x02\x01\x01", 8),
        std::string(11'000, '\xff'), std::string("x")}) {
    EXPECT_EQ(codes(judge(input + "." + base64url_encode(bad), policy, es256_keys())), "token-bad-signature")
        << bad.size();
  }
  // Signed, but the header then says another thing; and a good signature of other claims.
  EXPECT_EQ(codes(judge(signed_with_es256(R"({"alg":"ES256","kid":"k1"})", "{}"), policy, es256_keys())),
            "token-missing-claim token-missing-claim token-missing-claim");
  const std::string other = token_with(R"({"sub":"bob"})");
  EXPECT_EQ(codes(judge(other.substr(0, other.rfind('.')) + good.substr(good.rfind('.')), policy, es256_keys())),
            "token-bad-signature");
}

TEST(JwtSigner, MisfitOfKeyAndAlgorithm_Refused) {
  EXPECT_FALSE(JwtSigner::make(es256_key(), JwsAlgorithm::ES384, "k"));
  EXPECT_FALSE(JwtSigner::make(es256_key(), JwsAlgorithm::HS256, "k"));
  const crypto::MacKey secret = crypto::MacKey::make(Secret(std::string(32, 'k'))).value();
  EXPECT_FALSE(JwtSigner::make(secret, JwsAlgorithm::HS512, "k"));
  EXPECT_FALSE(JwtSigner::make(secret, JwsAlgorithm::ES256, "k"));
  const auto signer = JwtSigner::make(secret, JwsAlgorithm::HS256, "", "");
  EXPECT_TRUE(signer->sign(claims())->starts_with(base64url_encode(R"({"alg":"HS256"})")));
}

TEST(JwtSigner, EveryKeyKind_SignsWhatVerifies) {
  for (const crypto::KeyKind kind : {crypto::KeyKind::Rsa, crypto::KeyKind::EcP256, crypto::KeyKind::EcP384,
                                     crypto::KeyKind::EcP521, crypto::KeyKind::Ed25519, crypto::KeyKind::Ed448}) {
    const crypto::PrivateKey key = crypto::PrivateKey::generate(kind).value();
    const KeySet keys = KeySet::of({Jwk::from_public_key(key.public_key(), "k")}).value();
    for (const JwsAlgorithmInfo& row : all_algorithms()) {
      if (!fits(row.algorithm, kind)) continue;
      const std::string token = JwtSigner::make(key, row.algorithm, "k")->sign(claims()).value();
      EXPECT_EQ(codes(judge(token, policy_builder({row.algorithm}).build().value(), keys)), "allowed") << row.name;
    }
    EXPECT_TRUE(fits(default_algorithm(kind), kind));
  }
}

}  // namespace
}  // namespace quivive::jose
