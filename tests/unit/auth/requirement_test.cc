#include "auth/requirement.h"

#include "support/principal_for_tests.h"

#include <gtest/gtest.h>

namespace quivive::auth {
namespace {

std::shared_ptr<const Principal> somebody(std::string_view claims = "{}") {
  return PrincipalForTests::make({.scheme = Scheme::Bearer,
                                  .subject = "alice",
                                  .scopes = {"read", "write"},
                                  .roles = {"ops"},
                                  .claims = parse_json(claims).value().get_object()});
}
std::optional<Reason> reason(const Requirement& requirement,
                             const std::shared_ptr<const Principal>& principal = somebody()) {
  const auto denial = authorize(requirement, *principal);
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
  const auto principal =
      somebody(R"({"tier":"gold","n":7,"big":18446744073709551615,"neg":-1,"ok":true,"f":1.5,"nil":null,"o":{"k":"v"},
      "groups":["a","b",3],"realm":{"roles":["r"]},"https://x.example/y":"z","a.b":"whole","a":{"b":"path"}})");
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
    EXPECT_EQ(reason(requirement, principal), row.ok ? std::nullopt : std::optional(Reason::PolicyDenied))
        << row.claim << "=" << row.word;
  }
  EXPECT_EQ(reason({.claims = {{"tier", {}}}}, principal), std::nullopt) << "there, whatever it says";
  EXPECT_EQ(reason({.claims = {{"absent", {}}}}, principal), Reason::PolicyDenied);
  EXPECT_EQ(reason({.claims = {{"groups", {{"a"}, {"x", "b"}}}}}, principal), std::nullopt);
  EXPECT_EQ(reason({.claims = {{"groups", {{"a"}, {"x", "y"}}}}}, principal), Reason::PolicyDenied);
}

TEST(Authorize, Denial_SaysWhatIsThereAndWhatIsWanted) {
  const auto scope = authorize({.scopes = {{"admin"}, {"x", "y"}}}, *somebody());
  EXPECT_EQ(scope->detail, "scope: wants admin, and one of x or y; has read write");
  EXPECT_EQ(scope->required_scope, "admin x y");
  EXPECT_EQ(authorize({.roles = {{"admin"}, {}}}, *somebody())->detail, "role: wants admin; has ops");
  EXPECT_EQ(authorize({.claims = {{"tier", {{}, {"gold", "silver"}}}}}, *somebody(R"({"tier":"tin"})"))->detail,
            "claim tier: wants one of gold silver; is \"tin\"");
  EXPECT_EQ(authorize({.claims = {{"tier", {}}}}, *somebody())->detail, "claim tier: wants to be there; is absent");
}

}  // namespace
}  // namespace quivive::auth
