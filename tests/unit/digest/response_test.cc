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
  }
}

TEST(DigestHasher, UserHash_IsWhatTheErratumPrints) {
  EXPECT_EQ(DigestHasher().user_hash(HashKind::Sha512_256, "J\xc3\xa4s\xc3\xb8n Doe", "api@example.org").view(),
            "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
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
