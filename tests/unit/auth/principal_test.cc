#include "support/principal_for_tests.h"

#include <gmock/gmock.h>

namespace quivive::auth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Principal, OwnsWhatItWasToldOf) {
  std::shared_ptr<const Principal> principal;
  {
    const Identity gone{.scheme = Scheme::Bearer,
                        .subject = std::string(100, 's'),
                        .issuer = "https://id.example",
                        .key_id = "k1",
                        .token_id = "t-1",
                        .issued_at = from_unix_seconds(7),
                        .scopes = {"read", "", std::string(50, 'w')},
                        .roles = {"two words", std::string("nul\0", 4)},
                        .claims = {{"tier", Json("gold")}, {"absent", std::nullopt}}};
    principal = PrincipalForTests::make(gone);
  }
  EXPECT_EQ(principal->subject(), std::string(100, 's'));
  EXPECT_EQ(principal->issuer(), "https://id.example");
  EXPECT_EQ(principal->key_id(), "k1");
  EXPECT_EQ(principal->token_id(), "t-1");
  EXPECT_EQ(principal->issued_at(), from_unix_seconds(7));
  EXPECT_THAT(principal->scopes(), ElementsAre("read", "", std::string(50, 'w')));
  EXPECT_THAT(principal->roles(), ElementsAre("two words", std::string("nul\0", 4)));
  ASSERT_NE(principal->claim("tier"), nullptr);
  EXPECT_EQ(principal->claim("tier")->value, Json("gold"));
  ASSERT_NE(principal->claim("absent"), nullptr);
  EXPECT_EQ(principal->claim("absent")->value, std::nullopt);
  EXPECT_EQ(principal->claim("other"), nullptr);
}

TEST(Principal, WithNothing_IsEmpty) {
  const auto principal = PrincipalForTests::make({});
  EXPECT_EQ(principal->subject(), "");
  EXPECT_THAT(principal->scopes(), IsEmpty());
  EXPECT_THAT(principal->roles(), IsEmpty());
  EXPECT_EQ(principal->claim(""), nullptr);
}

TEST(Principal, Footprint_GrowsWithEveryPart) {
  const std::size_t least = PrincipalForTests::make({})->footprint();
  EXPECT_LT(least, 400u);
  EXPECT_GE(PrincipalForTests::make({.subject = std::string(1000, 's')})->footprint(), least + 1000);
  EXPECT_GE(PrincipalForTests::make({.roles = std::vector<std::string>(100, "role")})->footprint(), least + 2000);
  EXPECT_GE(PrincipalForTests::make({.claims = {{"c", Json(std::string(1000, 'c'))}}})->footprint(), least + 1000);
  EXPECT_GE(PrincipalForTests::make({.claims = {{"c", parse_json(R"([{"a":1},{"b":[2,3,4,5]}])").value()}}})->footprint(), least + 8 * sizeof(Json));
}

}  // namespace
}  // namespace quivive::auth
