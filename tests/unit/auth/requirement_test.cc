#include "auth/requirement.h"

#include "jose/verified_jwt.h"
#include "support/principal_for_tests.h"

#include <gtest/gtest.h>

namespace quivive::auth {
namespace {

// Somebody whose token has these claims, of which those are kept that `requirement` names.
std::shared_ptr<const Principal> somebody(std::string_view claims = "{}", const Requirement& requirement = {}) {
  const Json all = parse_json(claims).value();
  std::vector<KeptClaim> kept;
  for (const ClaimTerms& rule : requirement.claims) {
    const Json* value = jose::find_claim(all.get_object(), rule.claim);
    kept.push_back({rule.claim, value == nullptr ? std::nullopt : std::optional(copy_json(*value))});
  }
  return PrincipalForTests::make({.scheme = Scheme::Bearer,
                                  .subject = "alice",
                                  .scopes = {"read", "write"},
                                  .roles = {"ops"},
                                  .claims = std::move(kept)});
}
std::optional<Reason> reason(const Requirement& requirement, std::string_view claims = "{}") {
  const auto denial = authorize(requirement, *somebody(claims, requirement));
  return denial ? std::optional(denial->reason) : std::nullopt;
}

TEST(Authorize, Scopes_AllOfAndAnyOf) {
  EXPECT_EQ(reason({}), std::nullopt);
  EXPECT_EQ(reason({.scopes = {{"read"}, {}}}), std::nullopt);
  EXPECT_EQ(reason({.scopes = {{"read", "write"}, {}}}), std::nullopt);
  EXPECT_EQ(reason({.scopes = {{"read", "admin"}, {}}}), Reason::ScopeInsufficient);
  EXPECT_EQ(reason({.scopes = {{}, {"admin", "write"}}}), std::nullopt);
  EXPECT_EQ(reason({.scopes = {{}, {"admin", "root"}}}), Reason::ScopeInsufficient);
  EXPECT_EQ(reason({.scopes = {{"read"}, {"admin"}}}), Reason::ScopeInsufficient);
  EXPECT_EQ(reason({.scopes = {{"Read"}, {}}}), Reason::ScopeInsufficient) << "case counts";
  EXPECT_EQ(reason({.scopes = {{"rea"}, {}}}), Reason::ScopeInsufficient) << "no prefixes";
  EXPECT_EQ(reason({.scopes = {{"read write"}, {}}}), Reason::ScopeInsufficient);
}

TEST(Authorize, Roles_ArePolicy) {
  EXPECT_EQ(reason({.roles = {{"ops"}, {}}}), std::nullopt);
  EXPECT_EQ(reason({.roles = {{"admin"}, {}}}), Reason::PolicyDenied);
  EXPECT_EQ(reason({.scopes = {{"admin"}, {}}, .roles = {{"admin"}, {}}}), Reason::ScopeInsufficient)
      << "the scope first";
}

TEST(Authorize, Claims_ByNameAndPath) {
  constexpr std::string_view kClaims =
      R"({"tier":"gold","n":7,"big":18446744073709551615,"neg":-1,"ok":true,"f":1.5,"nil":null,"o":{"k":"v"},
      "groups":["a","b",3],"realm":{"roles":["r"]},"https://x.example/y":"z","a.b":"whole","a":{"b":"path"}})";
  struct Row {
    std::string claim, word;
    bool ok;
  };
  for (const Row& row : {Row{"tier", "gold", true},
                         Row{"tier", "silver", false},
                         Row{"n", "7", true},
                         Row{"n", "7.0", false},
                         Row{"big", "18446744073709551615", true},
                         Row{"neg", "-1", true},
                         Row{"ok", "true", true},
                         Row{"ok", "false", false},
                         Row{"f", "1.5", false},
                         Row{"nil", "null", false},
                         Row{"o", "v", false},
                         Row{"o.k", "v", true},
                         Row{"o.missing", "v", false},
                         Row{"tier.x", "gold", false},
                         Row{"groups", "b", true},
                         Row{"groups", "3", true},
                         Row{"groups", "a b", false},
                         Row{"realm.roles", "r", true},
                         Row{"https://x.example/y", "z", true},
                         Row{"a.b", "whole", true},
                         Row{"a.b", "path", false},
                         Row{"absent", "", false}}) {
    const Requirement requirement{.claims = {{row.claim, {{row.word}, {}}}}};
    EXPECT_EQ(reason(requirement, kClaims), row.ok ? std::nullopt : std::optional(Reason::PolicyDenied))
        << row.claim << "=" << row.word;
  }
  EXPECT_EQ(reason({.claims = {{"tier", {}}}}, kClaims), std::nullopt) << "there, whatever it says";
  EXPECT_EQ(reason({.claims = {{"absent", {}}}}, kClaims), Reason::PolicyDenied);
  EXPECT_EQ(reason({.claims = {{"groups", {{"a"}, {"x", "b"}}}}}, kClaims), std::nullopt);
  EXPECT_EQ(reason({.claims = {{"groups", {{"a"}, {"x", "y"}}}}}, kClaims), Reason::PolicyDenied);
}

TEST(Authorize, Denial_SaysWhatIsThereAndWhatIsWanted) {
  const auto scope = authorize({.scopes = {{"admin"}, {"x", "y"}}}, *somebody());
  EXPECT_EQ(scope->detail, "scope: wants admin, and one of x or y; has read write");
  EXPECT_EQ(scope->required_scope, "admin x y");
  EXPECT_EQ(authorize({.roles = {{"admin"}, {}}}, *somebody())->detail, "role: wants admin; has ops");
  const Requirement tier{.claims = {{"tier", {{}, {"gold", "silver"}}}}};
  EXPECT_EQ(authorize(tier, *somebody(R"({"tier":"tin"})", tier))->detail,
            "claim tier: wants one of gold silver; is \"tin\"");
  EXPECT_EQ(authorize({.claims = {{"tier", {}}}}, *somebody("{}", tier))->detail,
            "claim tier: wants to be there; is absent");
}

TEST(CanJudge, ClaimThatWasNotKept_IsNotKnownToBeAbsent) {
  const Requirement tier{.claims = {{"tier", {{"gold"}, {}}}}};
  EXPECT_TRUE(can_judge({}, *somebody()));
  EXPECT_TRUE(can_judge(tier, *somebody(R"({"tier":"gold"})", tier)));
  EXPECT_TRUE(can_judge(tier, *somebody("{}", tier))) << "kept: it is absent";
  EXPECT_FALSE(can_judge(tier, *somebody(R"({"tier":"gold"})")));
  EXPECT_TRUE(authorize(tier, *somebody(R"({"tier":"gold"})"))) << "and nobody is let in by it";
  EXPECT_TRUE(can_judge(tier, *PrincipalForTests::make({.scheme = Scheme::ApiKey}))) << "there is no token to look at";
}

}  // namespace
}  // namespace quivive::auth
