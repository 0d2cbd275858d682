#include "auth/outcome_key.h"

#include "base/base64.h"
#include "support/principal_for_tests.h"
#include "world.h"

namespace quivive::auth {
namespace {

RouteSettings bearer_with_scope(std::string scope) {
  RouteSettings settings = accepting({Scheme::Bearer});
  if (!scope.empty()) settings.require.scopes.all_of = {std::move(scope)};
  return settings;
}

std::optional<Reason> remembered(const RoutePolicy& policy, const World& world,
                                 const std::shared_ptr<const Principal>& principal, Instant now = kNow) {
  const std::optional<Verdict> verdict = accept_remembered(policy, principal, world.snapshot, now);
  return verdict ? std::optional(verdict->reason) : std::nullopt;
}

TEST(AcceptRemembered, SameRoute_Accepted) {
  World world;
  const RoutePolicy route = policy(bearer_with_scope("read"));
  const Verdict first = world.decide(route, with_token(token()));
  ASSERT_TRUE(first.allowed());
  const std::optional<Verdict> again = accept_remembered(route, first.principal, world.snapshot, kNow);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->allowed());
  EXPECT_EQ(again->principal, first.principal);
  EXPECT_EQ(again->scheme, Scheme::Bearer);
}

// GHSA-qvp4-rpmr-xwrr: a token with scope read, seen on the read route, then on the admin route.
TEST(AcceptRemembered, RouteWithAnotherScope_IsDeniedOnAHit) {
  World world;
  const Verdict first = world.decide(policy(bearer_with_scope("read")), with_token(token()));
  ASSERT_TRUE(first.allowed());
  const std::optional<Verdict> again =
      accept_remembered(policy(bearer_with_scope("admin")), first.principal, world.snapshot, kNow);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->reason, Reason::ScopeInsufficient);
  EXPECT_EQ(again->required_scope, "admin");
  EXPECT_EQ(again->principal, first.principal);
  EXPECT_FALSE(again->checks.empty());
}

TEST(AcceptRemembered, ClaimsOfOtherRoutes_AreJudgedOnAHit) {
  World world;
  auto issuer = std::make_shared<IssuerPolicy>(*issuer_policy());
  issuer->kept_claims = {"tier"};
  const auto route = [&](std::vector<ClaimTerms> claims) {
    RouteSettings settings = accepting({Scheme::Bearer});
    settings.issuers = {issuer};
    settings.require.claims = std::move(claims);
    return policy(std::move(settings));
  };
  const auto principal = world.decide(route({}), with_token(token(R"({"tier":"gold","team":"x"})"))).principal;
  ASSERT_NE(principal, nullptr);
  EXPECT_EQ(remembered(route({{"tier", {{"gold"}, {}}}}), world, principal), Reason::Allowed);
  EXPECT_EQ(remembered(route({{"tier", {{"tin"}, {}}}}), world, principal), Reason::PolicyDenied);
  // As after a reload that names another claim: neither allowed nor denied, the token has to be looked at again.
  EXPECT_EQ(remembered(route({{"team", {{"x"}, {}}}}), world, principal), std::nullopt);
  EXPECT_EQ(remembered(route({{"tier", {}}, {"nobody", {}}}), world, principal), std::nullopt);
  const Verdict again = world.decide(route({{"team", {{"x"}, {}}}}), with_token(token(R"({"tier":"gold","team":"x"})")));
  EXPECT_TRUE(again.allowed());
}

TEST(AcceptRemembered, DeniedPrincipal_MayBeRememberedForAnotherRoute) {
  World world;
  const Verdict first = world.decide(policy(bearer_with_scope("admin")), with_token(token()));
  ASSERT_EQ(first.reason, Reason::ScopeInsufficient);
  ASSERT_NE(first.principal, nullptr);
  EXPECT_EQ(remembered(policy(bearer_with_scope("")), world, first.principal), Reason::Allowed);
}

TEST(AcceptRemembered, TokenThatNoLongerStands_IsVerifiedAgain) {
  World good;
  const RoutePolicy route = policy(bearer_with_scope(""));
  const auto principal = good.decide(route, with_token(token())).principal;
  ASSERT_NE(principal, nullptr);
  ASSERT_EQ(remembered(route, good, principal), Reason::Allowed);

  EXPECT_EQ(remembered(route, good, principal, principal->not_after() - Duration{1}), Reason::Allowed);
  EXPECT_EQ(remembered(route, good, principal, principal->not_after()), std::nullopt) << "expired";
  EXPECT_EQ(remembered(route, good, nullptr), std::nullopt);
  EXPECT_EQ(remembered(policy_accepting({Scheme::Basic, Scheme::ApiKey}), good, principal), std::nullopt)
      << "scheme not accepted";

  RouteSettings other = bearer_with_scope("");
  other.issuers = {issuer_policy("https://other.example")};
  EXPECT_EQ(remembered(policy(other), good, principal), std::nullopt) << "another issuer";
  other.issuers = {issuer_policy()};
  EXPECT_EQ(remembered(policy(other), good, principal), std::nullopt) << "same issuer under another policy";

  World changed;
  changed.snapshot = good.snapshot;
  changed.snapshot.issuers[0].keys = shared_keys({{kPem1, "k1"}});
  EXPECT_EQ(remembered(route, changed, principal), std::nullopt) << "new key set";
  changed.snapshot.issuers[0] = {"https://other.example", good.snapshot.issuers[0].keys};
  EXPECT_EQ(remembered(route, changed, principal), std::nullopt) << "slot of another issuer";
  changed.snapshot.issuers.clear();
  EXPECT_EQ(remembered(route, changed, principal), std::nullopt) << "no slot";

  World revoked;
  revoked.snapshot = good.snapshot;
  const std::vector<store::Revocation> list{{.issuer = std::string(kIssuer), .value = "t-1"}};
  revoked.snapshot.revocations = std::make_shared<const store::RevocationSet>(list);
  EXPECT_EQ(remembered(route, revoked, principal), std::nullopt);
  EXPECT_EQ(revoked.decide(route, with_token(token())).reason, Reason::TokenRevoked) << "and the full attempt says why";
  revoked.snapshot.revocations = nullptr;
  EXPECT_EQ(remembered(route, revoked, principal), std::nullopt) << "revocations unknown";

  World other_epoch;
  other_epoch.snapshot = good.snapshot;
  other_epoch.snapshot.store_epoch = 8;
  EXPECT_EQ(remembered(route, other_epoch, principal), Reason::Allowed) << "a token does not rest on users and keys";
}

TEST(AcceptRemembered, StoreChanged_KeysAndPasswordsAreVerifiedAgain) {
  World world;
  world.add_user("alice", "right");
  const std::string key = world.add_key(1, [](store::KeyRecord& r) { r.expires = kNow + std::chrono::seconds{10}; });
  const RoutePolicy route = policy_accepting({Scheme::ApiKey, Scheme::Basic});
  for (const std::string& request :
       {"GET /\nX-API-Key: " + key, "GET /\nAuthorization: Basic " + base64_encode("alice:right")}) {
    const auto principal = world.decide(route, request).principal;
    ASSERT_NE(principal, nullptr) << request;
    EXPECT_EQ(remembered(route, world, principal), Reason::Allowed);
    World changed;
    changed.snapshot = world.snapshot;
    changed.snapshot.store_epoch = 8;
    EXPECT_EQ(remembered(route, changed, principal), std::nullopt) << request;
    EXPECT_EQ(remembered(policy_accepting({Scheme::Bearer}), world, principal), std::nullopt);
    const bool is_key = principal->scheme() == Scheme::ApiKey;
    EXPECT_EQ(remembered(route, world, principal, kNow + std::chrono::seconds{10}).has_value(), !is_key)
        << "expiry of the key";
  }
}

TEST(AcceptRemembered, PrincipalWithoutABasis_IsNotBelieved) {
  World world;
  const auto principal =
      PrincipalForTests::make({.scheme = Scheme::Bearer, .subject = "alice", .issuer = std::string(kIssuer)});
  EXPECT_EQ(remembered(policy_accepting({Scheme::Bearer}), world, principal), std::nullopt);
}

TEST(OutcomeKey, SameTextOfTwoSchemes_TwoKeys) {
  const OutcomeKey token = outcome_key({Scheme::Bearer, Place::Authorization, "x"});
  const OutcomeKey key = outcome_key({Scheme::ApiKey, Place::KeyHeader, "x"});
  const OutcomeKey basic = outcome_key({Scheme::Basic, Place::Authorization, "x"});
  EXPECT_TRUE(token.scheme != key.scheme && key.scheme != basic.scheme && token.scheme != basic.scheme);
  EXPECT_EQ(token.bytes, "x");
  EXPECT_EQ(outcome_key({Scheme::ApiKey, Place::Query, "x"}).scheme, key.scheme)
      << "where it was sent is not who sent it";
}

}  // namespace
}  // namespace quivive::auth
