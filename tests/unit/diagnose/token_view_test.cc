#include "diagnose/token_view.h"

#include "base/base64.h"

#include <gtest/gtest.h>

namespace quivive::diagnose {
namespace {

std::string token(std::string_view header, std::string_view payload, std::string_view signature = "c2ln") {
  return base64url_encode(header) + '.' + base64url_encode(payload) + '.' + std::string(signature);
}

TEST(ViewToken, Shapes) {
  using Shape = TokenView::Shape;
  const std::string good = token(R"({"alg":"HS256"})", R"({"sub":"a"})");
  struct Row {
    std::string text;
    Shape shape;
    std::string_view problem;
  };
  const Row rows[] = {
      {good, Shape::Jws, ""},
      {good.substr(0, good.rfind('.')), Shape::Damaged, "2 parts between dots; a signed JWT has three"},
      {good.substr(0, good.find('.')), Shape::Damaged, "1 part between dots; a signed JWT has three"},
      {good + ".x", Shape::Damaged, "4 parts between dots; a signed JWT has three"},
      {token(R"({"alg":"none"})", R"({"sub":"a"})", ""), Shape::Jws, ""},
      {token(R"({"alg":"dir","enc":"A256GCM"})", "x") + ".y.z", Shape::Jwe, ""},
      {token(R"({"alg":"HS256"})", "no json"), Shape::Damaged, "the payload is not JSON: syntax error at offset 0"},
      {token(R"({"alg":"HS256"})", "[1]"), Shape::Damaged, "the payload is JSON, but no object"},
      {"eyJhbGciOiJIUzI1NiJ9..c2ln", Shape::Damaged, "the payload is empty"},
      {"eyJhbGciOiJIUzI1NiJ9.eyJz!WIiOiJhIn0.c2ln", Shape::Damaged, "the payload is not base64url at character 5"},
      {"eyJ", Shape::Opaque, ""},
      {"sk_live_abcdefgh", Shape::Opaque, ""},
      {"a.b.c", Shape::Opaque, ""},
      {"", Shape::Opaque, ""},
  };
  for (const Row& row : rows) {
    const TokenView view = view_token(row.text);
    EXPECT_EQ(view.shape, row.shape) << row.text;
    EXPECT_EQ(view.problem, row.problem) << row.text;
  }
}

TEST(ViewToken, CutPayload_HeaderStillRead) {
  const std::string good = token(R"({"alg":"RS256","kid":"k1"})", R"({"sub":"alice","scope":"a b","scp":["c"]})");
  const TokenView view = view_token(good.substr(0, good.find('.') + 12));
  EXPECT_EQ(view.shape, TokenView::Shape::Damaged);
  EXPECT_TRUE(view.header_read);
  EXPECT_FALSE(view.claims_read);
  EXPECT_EQ(view.header_text("kid"), "k1");
}

TEST(ViewToken, Scopes_OfBothClaims) {
  const TokenView view = view_token(token(R"({"alg":"RS256"})", R"({"scope":"a  b","scp":["c","d e"]})"));
  EXPECT_EQ(view.scopes(), (std::vector<std::string>{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(view.claim_list("scp"), (std::vector<std::string>{"c", "d e"}));
  EXPECT_EQ(view.claim_list("none"), std::vector<std::string>{});
}

TEST(ViewToken, DuplicateMembers_Refused) {
  EXPECT_EQ(view_token(token(R"({"alg":"RS256"})", R"({"sub":"a","sub":"b"})")).shape, TokenView::Shape::Damaged);
}

TEST(ClaimTime, AsItWasMeant) {
  struct Row {
    std::string_view value;
    bool present, milliseconds, not_a_number;
    std::int64_t seconds;  // -1 where no instant can be read
  };
  static constexpr Row rows[] = {
      {"1740830400", true, false, false, 1740830400},
      {"1740830400.7", true, false, false, 1740830400},
      {"1740830400000", true, true, false, 1740830400},
      {"\"1740830400\"", true, false, true, 1740830400},
      {"\"2025-03-01T12:00:00Z\"", true, false, true, -1},
      {"{}", true, false, true, -1},
      {"null", true, false, true, -1},
      {"1e300", true, true, false, -1},
  };
  for (const Row& row : rows) {
    const TokenView view = view_token(token(R"({"alg":"RS256"})", "{\"exp\":" + std::string(row.value) + "}"));
    const ClaimTime at = claim_time(view, "exp");
    EXPECT_EQ(at.present, row.present) << row.value;
    EXPECT_EQ(at.milliseconds, row.milliseconds) << row.value;
    EXPECT_EQ(at.not_a_number, row.not_a_number) << row.value;
    EXPECT_EQ(at.instant ? unix_seconds(*at.instant) : -1, row.seconds) << row.value;
  }
  EXPECT_FALSE(claim_time(view_token(token("{}", "{}")), "exp").present);
}

TEST(LooksLikeJwt, BeginsLikeAHeader) {
  EXPECT_TRUE(looks_like_jwt("eyJhbGciOiJIUzI1NiJ9"));
  EXPECT_TRUE(looks_like_jwt("ewogICJhbGciOiAi"));  // `{` and a line feed: pretty-printed
  EXPECT_FALSE(looks_like_jwt("eyebrow-pencil"));
  EXPECT_FALSE(looks_like_jwt("eyJ"));
}

}  // namespace
}  // namespace quivive::diagnose
