#include "base/base64.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"

#include <gtest/gtest.h>

namespace quivive::crypto {
namespace {

const std::string kExponent("\x01\x00\x01", 3);
PublicKeyParams rsa(std::string n, std::string e = kExponent) {
  return {.kind = KeyKind::Rsa, .n = std::move(n), .e = std::move(e), .x = {}, .y = {}};
}

std::string modulus(std::size_t octets) {
  std::string n(octets, '\xc3');
  n.back() = '\x01';
  return n;
}

TEST(PublicKey, RsaParams_HeldToTheRules) {
  struct Row {
    std::string n, e, part;  // part of the error; "" for accepted
  };
  const std::string ok = modulus(256);
  std::string even = ok;
  even.back() = '\x02';
  for (const Row& row : {
           Row{ok, kExponent, ""},
           Row{std::string(1, '\0') + ok, kExponent, ""},
           Row{ok, "\x03", ""},
           Row{ok, "\xff\xff\xff\xff", ""},
           Row{modulus(1024), kExponent, ""},
           Row{std::string(2, '\0') + ok, kExponent, "padded"},
           Row{"", kExponent, "without"},
           Row{ok, "", "without"},
           Row{modulus(255), kExponent, "2040 bits"},
           Row{modulus(64), kExponent, "512 bits"},
           Row{std::string("\x01") + modulus(1024), kExponent, "8193 bits"},
           Row{modulus(16 * 1024), kExponent, "at most"},
           Row{even, kExponent, "even"},
           Row{ok, "\x02", "even"},
           Row{ok, "\x01", "or 1"},
           Row{ok, std::string(1, '\0'), "padded"},
           Row{ok, std::string("\x01\x00\x00\x00\x01", 5), "33 bits"},
           Row{ok, modulus(256), "at most"},
       }) {
    const auto key = PublicKey::from_params(rsa(row.n, row.e));
    ASSERT_EQ(static_cast<bool>(key), row.part.empty()) << row.part << (key ? "" : key.error().message);
    if (!key) {
      EXPECT_NE(key.error().message.find(row.part), std::string::npos) << key.error().message;
    }
  }
  const PublicKey padded = PublicKey::from_params(rsa(std::string(1, '\0') + ok)).value();
  EXPECT_EQ(padded.params().n, ok);
  EXPECT_EQ(padded.bits(), 2048U);
}

TEST(PublicKey, EcPoint_MustBeOnItsCurveInFullLength) {
  for (const KeyKind kind : {KeyKind::EcP256, KeyKind::EcP384, KeyKind::EcP521}) {
    const PublicKeyParams good = PrivateKey::generate(kind).value().public_key().params();
    const std::size_t size = coordinate_size(kind);
    ASSERT_EQ(good.x.size(), size);
    ASSERT_TRUE(PublicKey::from_params(good));
    const auto with = [&](std::string x, std::string y) {
      PublicKeyParams params = good;
      params.x = std::move(x), params.y = std::move(y);
      return PublicKey::from_params(params);
    };
    std::string off = good.y;
    off.back() = static_cast<char>(off.back() ^ 1);
    EXPECT_FALSE(with(good.x, off));
    EXPECT_FALSE(with(std::string(size, '\0'), std::string(size, '\0')));  // no point at infinity
    EXPECT_FALSE(with(std::string(size, '\xff'), good.y));                 // beyond the field
    EXPECT_FALSE(with(good.x.substr(1), good.y));
    EXPECT_FALSE(with(std::string(1, '\0') + good.x, good.y));
    EXPECT_FALSE(with(good.x, ""));
    EXPECT_FALSE(with("", ""));
  }
}

TEST(PublicKey, OkpKey_MustHaveItsLength) {
  for (const KeyKind kind : {KeyKind::Ed25519, KeyKind::Ed448}) {
    PublicKeyParams params = PrivateKey::generate(kind).value().public_key().params();
    EXPECT_TRUE(PublicKey::from_params(params));
    params.x += 'x';
    EXPECT_FALSE(PublicKey::from_params(params));
    params.x.clear();
    EXPECT_FALSE(PublicKey::from_params(params));
  }
}

TEST(Keys, Pem_RoundTrips) {
  for (const KeyKind kind :
       {KeyKind::Rsa, KeyKind::EcP256, KeyKind::EcP384, KeyKind::EcP521, KeyKind::Ed25519, KeyKind::Ed448}) {
    const PrivateKey key = PrivateKey::generate(kind).value();
    const Secret pem = key.to_pem();
    const auto again = PrivateKey::from_pem(pem.reveal(RevealSecret{}));
    ASSERT_TRUE(again) << key_kind_name(kind) << again.error().message;
    EXPECT_EQ(again->public_key().to_pem(), key.public_key().to_pem());
    const auto public_key = PublicKey::from_pem(key.public_key().to_pem());
    ASSERT_TRUE(public_key) << key_kind_name(kind);
    EXPECT_EQ(public_key->kind(), kind);
    EXPECT_EQ(public_key->params().n, key.public_key().params().n);
    EXPECT_EQ(public_key->params().x, key.public_key().params().x);
    // A private key where a public one belongs is a mistake worth saying.
    EXPECT_NE(PublicKey::from_pem(pem.reveal(RevealSecret{})).error().message.find("private"), std::string::npos);
  }
}

constexpr std::string_view kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUKwlhV0t0/Hxs5khX0gykEJHDY3gwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjMyMDQ5MThaFw0yNjExMjQyMDQ5MTha
MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARrerWE
XehrQzMuDb+8yU4GWrsjmuCbi53xfvdXtQ3J4Ed4/7FCocCyZP85XEsw8Dd/4WV/
OwBJ+npaJIc9NyMLo1MwUTAdBgNVHQ4EFgQU5p3+y6OBNEbhVN2kxA98KeR7Tuww
HwYDVR0jBBgwFoAU5p3+y6OBNEbhVN2kxA98KeR7TuwwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEAsOWWfiunDZlhyEByYTHmmurx3FiHWQA2lu0l
h3xmLn4CIQDyVJS1A3agDVTS2d9LB5OIUQ1L/fgK4AMSQy+4LvQAog==
-----END CERTIFICATE-----
)";
constexpr std::string_view kEncrypted = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh3M80VLwPeDgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEDGedzUSsHbL0CySqmLyNfgEgZB8
Vh1fIyXc/JDIQDlX6XAxFnF14eGroAX88BUheOusxwTLgqEvzZ9YazUNgebLeLs5
gfi6Fx2rUmsLnAbKfRKFKEmZYtu8MYYiaojrX7fHisk8CLRTxBL4lK5+NvfLGu9t
USQJ2oXJXvluMNa4Qx/FpR0WSClz1qFoU8k37/ox4o4oE1B9McXjOwE81P/o6BY=
-----END ENCRYPTED PRIVATE KEY-----
)";
constexpr std::string_view kRsa1024 = R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDA3JNx+/lgqnF+NNyHj4AQgrmu
cfs4IQ/EOiba30Wph0njbFv9v1R6qFANMsRWvSGUjXp7kgrqhBg9adx6NZALPZt+
6YKjHPsSBmKHJ09m0BGFVM09j2Cyjwb07Zma6xmHnEvd0Ao8/Dj71PnY3rghGRqf
i1xxe2ts/+poz7JdJwIDAQAB
-----END PUBLIC KEY-----
)";
constexpr std::string_view kSecp256k1 = R"(-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEQr4WRU1Saf9PL8bWQYLWWjPVZeue9tyO
QTYQaZR9BftWD3P7Bv+L6vEaFzaiSxO6fnvg/KMbcPyGaXuL507MUQ==
-----END PUBLIC KEY-----
)";
constexpr std::string_view kPkcs1 = R"(-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEA0hPHMKy3WEm0AW41m+G3/Z8mgaWQ2o3vTAL9r5clrwIV4Sj4cZ2l
EYNvxdJW2vqewdUxHUTHDjx45w0NmFu40IHls8wm1mDZnenwm/Paf5gFYILYk2VW
E5+FlDGWbXzepLxYAOl+sYeCOzHGLiqK/5Lsy4/dn2pX5djrwODEZKGw8rYCt10N
fCYIL6P1KwLBxF8uV5PDmqEem67mzMEJlSVXV+atrdNpTeT1pBRQAr6CRD5j9NzE
sHRFPVWxZValAOWBsYGs55iUu9sF+MSpNWITsXGBcs68V9qkqeTgwCWEvz5lRQuH
lg9JtvBHSeGLmo2zIO+rgC8SYTZJH7H2CwIDAQAB
-----END RSA PUBLIC KEY-----
)";
constexpr std::string_view kMismatched = R"(-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIA+cjjWAI7JjoCxnRbjdcRv8bz1CFFQOHaEAK61bWTB8oAoGCCqGSM49
AwEHoUQDQgAEvIguZiRxYLa0/+REd8xTPWjS67nR9cz2BveeTdU1p378nDBA1n+I
LCpt9VlCwe7SW9cchriWU0hKqh4BRR6nzA==
-----END EC PRIVATE KEY-----
)";

TEST(PublicKey, Certificate_GivesItsKey) {
  const auto key = PublicKey::from_pem(kCertificate);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->kind(), KeyKind::EcP256);
}

TEST(PublicKey, PemThatCannotServe_SaysWhy) {
  struct Row {
    std::string_view pem, part;
  };
  const std::string huge(65 * 1024, 'a');
  for (const Row& row : {Row{"", "no PUBLIC KEY"}, Row{"hello", "no PUBLIC KEY"}, Row{kRsa1024, "1024 bits"},
                         Row{kSecp256k1, "curve"}, Row{kPkcs1, "PKCS#1"}, Row{huge, "at most"},
                         Row{"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "SubjectPublicKeyInfo"},
                         Row{"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate"}}) {
    const auto key = PublicKey::from_pem(row.pem);
    ASSERT_FALSE(key) << row.part;
    EXPECT_NE(key.error().message.find(row.part), std::string::npos) << key.error().message;
  }
}

TEST(PublicKey, Der_TakesNothingAfterIt) {
  std::string pem = PrivateKey::generate(KeyKind::EcP256).value().public_key().to_pem();
  std::string body;
  for (const char c : pem.substr(27, pem.find("-----END") - 27)) {
    if (c != '\n') body += c;
  }
  const std::string der = *base64_decode(body);
  EXPECT_TRUE(PublicKey::from_der(der));
  EXPECT_FALSE(PublicKey::from_der(der + "x"));
  EXPECT_FALSE(PublicKey::from_der(der.substr(1)));
  EXPECT_FALSE(PublicKey::from_der(""));
}

TEST(PrivateKey, PemThatCannotServe_Refused) {
  for (const std::string_view pem : {std::string_view(""), kCertificate, kEncrypted, kMismatched}) {
    EXPECT_FALSE(PrivateKey::from_pem(pem));
  }
}

}  // namespace
}  // namespace quivive::crypto
