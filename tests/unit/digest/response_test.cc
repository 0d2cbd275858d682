#include "digest/response.h"

#include <gtest/gtest.h>

namespace quivive::digest {
namespace {

using crypto::HashKind;

struct Row {
  std::string_view what;
  std::string_view user, realm, password;
  ResponseInput input;
  std::string_view response;
};

constexpr std::string_view kRfcNonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
constexpr std::string_view kRfcCnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

const Row kRows[] = {
    {"RFC 7616 section 3.9.1, MD5", "Mufasa", "http-auth@example.org", "Circle of Life",
     {DigestAlgorithm::Md5, "GET", "/dir/index.html", kRfcNonce, "00000001", kRfcCnonce, "auth", {}}, "8ca523f5e9506fed4657c9700eebdbec"},
    {"RFC 7616 section 3.9.1, SHA-256", "Mufasa", "http-auth@example.org", "Circle of Life",
     {DigestAlgorithm::Sha256, "GET", "/dir/index.html", kRfcNonce, "00000001", kRfcCnonce, "auth", {}},
     "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
    // As printed, section 3.9.2 has a truncated SHA-512.
    {"RFC 7616 section 3.9.2 with erratum 4897, SHA-512-256", "J\xc3\xa4s\xc3\xb8n Doe", "api@example.org", "Secret, or not?",
     {DigestAlgorithm::Sha512_256, "GET", "/doe.json", "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", "00000001",
      "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", "auth", {}},
     "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},
    {"RFC 2617 section 3.5, MD5", "Mufasa", "testrealm@host.com", "Circle Of Life",
     {DigestAlgorithm::Md5, "GET", "/dir/index.html", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "auth", {}},
     "6629fae49393a05397450978507c4ef1"},
    {"RFC 2069 section 2.4, as its erratum 749 has it: without qop", "Mufasa", "testrealm@host.com", "CircleOfLife",
     {DigestAlgorithm::Md5, "GET", "/dir/index.html", "dcd98b7102dd2f0e8b11d0f600bfb0c093", {}, {}, {}, {}},
     "1949323746fe6a43ef61f9606e7febea"},
};

TEST(DigestHasher, Response_IsWhatTheStandardsPrint) {
  DigestHasher hasher;
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.what);
    const HexDigest secret = hasher.secret(info(row.input.algorithm).hash, row.user, row.realm, row.password);
    EXPECT_EQ(hasher.response(row.input, secret.view()).view(), row.response);
    const Proofs both = hasher.proofs(row.input, secret.view());
    EXPECT_EQ(both.response.view(), row.response);
    EXPECT_EQ(both.rspauth.view(), hasher.rspauth(row.input, secret.view()).view());
  }
}

TEST(DigestHasher, UserHash_IsWhatTheErratumPrints) {
  EXPECT_EQ(DigestHasher().user_hash(HashKind::Sha512_256, "J\xc3\xa4s\xc3\xb8n Doe", "api@example.org").view(),
            "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
}

// Computed with Python's hashlib, by the letter of RFC 7616 section 3.4.3, which prints no vector for auth-int.
TEST(DigestHasher, AuthInt_HashesTheBodyToo) {
  using namespace std::string_view_literals;
  constexpr auto kBody = "name=value&other=caf\xc3\xa9\r\n\0end"sv;
  struct BodyRow {
    DigestAlgorithm algorithm;
    std::string_view body, hash, response;
  };
  for (const BodyRow& row : {
          BodyRow{DigestAlgorithm::Md5, "", "d41d8cd98f00b204e9800998ecf8427e",
           "35ec75c6389a8fd8412c13222b3affe8"},
          {DigestAlgorithm::Md5, kBody, "892dcff07ab36985db8240922810bf22",
           "c5dfeab52e4091ad9dda2abfaf085efc"},
          {DigestAlgorithm::Sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
           "322f218d701da7c7ef51e3ba6fa2551a2bf36425e1218fc1508c6bf65cbd4448"},
          {DigestAlgorithm::Sha256, kBody, "f0c45af94341c8417a67c240bc5214b8e22f136c2d72ae8a2f61e3ab88558c46",
           "27f72b17e28060544ce2ea35a990414ebdda0c6169132c5e826498c12dd2b174"},
          {DigestAlgorithm::Sha512_256, "", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a",
           "722f41f4e8b637e9faa8d59bdece9e91bac819cda5ff57f6e6b21a78b9d5e5b9"},
          {DigestAlgorithm::Sha512_256, kBody, "3228f860add1331ec9831db04dc6ccb53af3a0a28ec5f5f99accd182434fb820",
           "978721a5a3cfbb4e65bb68e8bdb146419ea4a5e9c3e117c91377efe3a9877cab"},
          {DigestAlgorithm::Sha256Sess, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
           "138afed44de14fdf9bdd2ef312d8e5a671899200253ce780827129e6f3146372"},
          {DigestAlgorithm::Sha256Sess, kBody, "f0c45af94341c8417a67c240bc5214b8e22f136c2d72ae8a2f61e3ab88558c46",
           "9a2470995ac7223c70665d1a44089b28ed445211b6a004a01c72e7e669e33d92"},
       }) {
    SCOPED_TRACE(testing::Message() << name_of(row.algorithm) << ", " << row.body.size() << " octets");
    DigestHasher hasher;
    const HashKind hash = info(row.algorithm).hash;
    const HexDigest body = hasher.body_hash(hash, row.body);
    EXPECT_EQ(body.view(), row.hash);
    const HexDigest secret = hasher.secret(hash, "Mufasa", "http-auth@example.org", "Circle of Life");
    const ResponseInput input{row.algorithm, "POST", "/dir/index.html", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001",
                              "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth-int", body.view()};
    EXPECT_EQ(hasher.response(input, secret.view()).view(), row.response);
  }
}

// Each of these changes what a response is, and only then: the standard prints no vector for them.
TEST(DigestHasher, Response_DependsOnEveryPart) {
  DigestHasher hasher;
  const ResponseInput input{DigestAlgorithm::Sha256Sess, "PUT", "/a", "n", "00000001", "c", "auth-int", "00"};
  const std::string right = hasher.response(input, "secret").str();
  const auto changed = [&](auto change) {
    ResponseInput other = input;
    change(other);
    return hasher.response(other, "secret").str();
  };
  EXPECT_EQ(hasher.response(input, "secret").view(), right);
  EXPECT_NE(changed([](auto& in) { in.method = "GET"; }), right);
  EXPECT_NE(changed([](auto& in) { in.uri = "/b"; }), right);
  EXPECT_NE(changed([](auto& in) { in.nonce = "m"; }), right);
  EXPECT_NE(changed([](auto& in) { in.nc = "00000002"; }), right);
  EXPECT_NE(changed([](auto& in) { in.cnonce = "d"; }), right);
  EXPECT_NE(changed([](auto& in) { in.qop = "auth"; }), right);
  EXPECT_NE(changed([](auto& in) { in.body_hash = "01"; }), right);
  EXPECT_NE(changed([](auto& in) { in.algorithm = DigestAlgorithm::Sha256; }), right);
  EXPECT_NE(hasher.response(input, "other").str(), right);
  EXPECT_NE(hasher.rspauth(input, "secret").str(), right);
}

}  // namespace
}  // namespace quivive::digest
