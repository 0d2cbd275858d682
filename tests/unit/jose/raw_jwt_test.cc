#include "jose/raw_jwt.h"

#include "support.h"

#include <gtest/gtest.h>

namespace quivive::jose {
namespace {

using test::compact;

constexpr std::string_view kRfc7515A1 =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

TEST(RawJwt, Rfc7515Example_IsRead) {
  const auto raw = RawJwt::parse(kRfc7515A1);
  ASSERT_TRUE(raw) << raw.error().detail;
  EXPECT_EQ(raw->algorithm(), JwsAlgorithm::HS256);
  EXPECT_EQ(raw->algorithm_name(), "HS256");
  EXPECT_EQ(raw->type(), "JWT");
  EXPECT_EQ(raw->kid(), "");
  EXPECT_EQ(raw->unverified_issuer(), "joe");
  EXPECT_EQ(raw->signing_input(), kRfc7515A1.substr(0, kRfc7515A1.rfind('.')));
  EXPECT_EQ(raw->signature().size(), 32U);
  EXPECT_TRUE(raw->unverified_claims().contains("http://example.com/is_root"));
}

// A token larger than its block, copies that outlive the first, and blocks that are used again.
TEST(RawJwt, EachToken_KeepsItsOwnContents) {
  const auto token = [](std::size_t claims, char fill) {
    std::string payload = R"({"iss":"x")";
    for (std::size_t i = 0; i < claims; ++i) payload += fmt::format(R"(,"claim{}":["{}"])", i, std::string(20, fill));
    return compact(R"({"alg":"ES256"})", payload + "}", std::string(64, fill));
  };
  std::vector<RawJwt> kept;
  for (const std::size_t claims : {0UL, 1UL, 20UL, 100UL, 150UL, 3UL}) {
    for (const char fill : {'a', 'b'}) {
      const RawJwt dropped = RawJwt::parse(token(claims, 'z')).value();
      kept.push_back(RawJwt::parse(token(claims, fill)).value());
      EXPECT_EQ(dropped.signature(), std::string(64, 'z'));
    }
  }
  std::size_t n = 0;
  for (const std::size_t claims : {0UL, 1UL, 20UL, 100UL, 150UL, 3UL}) {
    for (const char fill : {'a', 'b'}) {
      const RawJwt& raw = kept[n++];
      EXPECT_EQ(raw.signature(), std::string(64, fill));
      EXPECT_EQ(raw.unverified_issuer(), "x");
      ASSERT_EQ(raw.unverified_claims().size(), claims + 1);
      if (claims > 0) {
        EXPECT_EQ(raw.unverified_claims().at(fmt::format("claim{}", claims - 1)).at(0), Json(std::string(20, fill)));
      }
      EXPECT_TRUE(token(claims, fill).starts_with(raw.signing_input()));
    }
  }
}

struct HostileRow {
  std::string token, code, detail;  // detail: a part of it
};

TEST(RawJwt, HostileToken_GetsItsReason) {
  const std::string header = R"({"alg":"ES256","typ":"JWT","kid":"k"})", payload = R"({"iss":"x"})", sig(64, 's');
  const std::string h = base64url_encode(header), p = base64url_encode(payload), s = base64url_encode(sig);
  const auto with_header = [&](std::string_view text) { return compact(text, payload, sig); };
  const auto with_payload = [&](std::string_view text) { return compact(header, text, sig); };
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += R"({"a":)";
  deep += "1" + std::string(40, '}');
  const std::vector<HostileRow> rows = {
      {"", "token-empty", ""},
      {"abc", "token-malformed", "1 parts"},
      {"a.b", "token-malformed", "2 parts"},
      {"a.b.c.d", "token-malformed", "4 parts"},
      {"a.b.c.d.e.f", "token-malformed", "6 parts"},
      {std::string(5000, '.'), "token-malformed", "parts"},
      {"..", "token-malformed", "header"},
      {"a.b.c.d.e", "token-encrypted", "five"},
      {"....", "token-encrypted", "five"},
      {std::string(kMaxTokenSize + 1, 'a'), "token-malformed", "at most"},
      // base64url: one text for each value
      {h + "=." + p + "." + s, "token-malformed", "header is not base64url"},
      {"+" + h.substr(1) + "." + p + "." + s, "token-malformed", "header is not base64url"},
      {" " + h + "." + p + "." + s, "token-malformed", "header is not base64url"},
      {h + "\n." + p + "." + s, "token-malformed", "header is not base64url"},
      {h + "." + p + "." + s + "\n", "token-malformed", "signature is not base64url"},
      {h + "." + p + "." + s + "=", "token-malformed", "signature is not base64url"},
      {h + "." + p + ".QR", "token-malformed", "signature is not base64url"},  // stray bits: Q0, not QR
      {h + "." + p + ".A", "token-malformed", "signature is not base64url"},
      {h + "." + p.substr(0, p.size() - 1) + "\xc3." + s, "token-malformed", "payload is not base64url"},
      // JSON
      {with_header(""), "token-malformed", "header"},
      {with_header("[]"), "token-malformed", "header is not a JSON object"},
      {with_header("\"alg\""), "token-malformed", "header is not a JSON object"},
      {with_header(R"({"alg":"ES256"} x)"), "token-malformed", "not JSON"},
      {with_header(R"({"alg":"ES256","alg":"none"})"), "token-malformed", "duplicate"},
      {with_header(R"({"alg":"ES256","\u0061lg":"HS256"})"), "token-malformed", "duplicate"},
      {with_header(R"({"alg":"ES256","x":")"
                   "\xff"
                   R"("})"),
       "token-malformed", "not JSON"},
      {with_header(deep), "token-malformed", "nested deeper"},
      {with_payload(""), "token-malformed", "payload"},
      {with_payload("null"), "token-malformed", "payload is not a JSON object"},
      {with_payload(R"({"iss":"x","iss":"y"})"), "token-malformed", "duplicate"},
      {with_payload(deep), "token-malformed", "nested deeper"},
      {with_payload(std::string(9000, '[')), "token-malformed", "nested deeper"},
      {with_payload(h + "." + p + "." + s), "token-malformed", "not JSON"},  // a nested token
      // header parameters
      {with_header("{}"), "token-malformed", "no alg"},
      {with_header(R"({"alg":null})"), "token-malformed", "alg is not a string"},
      {with_header(R"({"alg":["ES256"]})"), "token-malformed", "alg is not a string"},
      {with_header(R"({"alg":"ES256","kid":7})"), "token-malformed", "kid is not a string"},
      {with_header(R"({"alg":"ES256","typ":{}})"), "token-malformed", "typ is not a string"},
      {with_header(R"({"alg":"ES256","cty":1})"), "token-malformed", "cty is not a string"},
      {with_header(R"({"alg":"none"})"), "token-alg-none", "none"},
      {with_header(R"({"alg":"nOnE"})"), "token-alg-none", "none"},
      {compact(R"({"alg":"none"})", payload, ""), "token-alg-none", "none"},
      {compact(R"({"alg":"foo"})", payload, ""), "token-alg-none", "empty"},
      {compact(R"({"alg":""})", payload, ""), "token-alg-none", "empty"},
      {h + "." + p + ".", "token-alg-none", "empty"},
      {with_header(R"({"alg":"ES256","crit":["bork"],"bork":1})"), "token-critical-header", "crit"},
      {with_header(R"({"alg":"ES256","crit":[]})"), "token-critical-header", "crit"},
      {with_header(R"({"alg":"ES256","crit":["b64"],"b64":false})"), "token-critical-header", "crit"},
      {with_header(R"({"alg":"ES256","b64":false})"), "token-critical-header", "b64"},
      {with_header(R"({"alg":"ES256","b64":true})"), "token-critical-header", "b64"},
  };
  for (const HostileRow& row : rows) {
    const auto raw = RawJwt::parse(row.token);
    ASSERT_FALSE(raw) << row.token;
    EXPECT_EQ(code_of(raw.error().reason), row.code) << row.token << ": " << raw.error().detail;
    EXPECT_NE(raw.error().detail.find(row.detail), std::string::npos) << raw.error().detail;
  }
}

TEST(RawJwt, UnknownAlgorithm_IsReadAndNotUnderstood) {
  for (const std::string_view name : {"foo", "", "es256", "RS256 ", "RSA-OAEP", "NONE2"}) {
    const auto raw = RawJwt::parse(compact(R"({"alg":")" + std::string(name) + R"("})", "{}", "s"));
    ASSERT_TRUE(raw) << name << raw.error().detail;
    EXPECT_EQ(raw->algorithm_name(), name);
    EXPECT_FALSE(raw->algorithm());
  }
}

TEST(RawJwt, Copy_KeepsTheViewsAlive) {
  std::optional<RawJwt> first = RawJwt::parse(kRfc7515A1).value();
  const RawJwt copy = *first;
  const std::string_view issuer = first->unverified_issuer();
  first.reset();
  EXPECT_EQ(issuer, "joe");
  EXPECT_EQ(copy.unverified_issuer().data(), issuer.data());
}

TEST(IsMediaType, PrefixAndCase_DoNotCount) {
  for (const std::string_view typ : {"at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"}) {
    EXPECT_TRUE(is_media_type(typ, "at+jwt")) << typ;
  }
  for (const std::string_view typ :
       {"", "jwt", "at+jwtx", "text/at+jwt", "application/", "application/application/at+jwt"}) {
    EXPECT_FALSE(is_media_type(typ, "at+jwt")) << typ;
  }
}

}  // namespace
}  // namespace quivive::jose
