#include "base/base64.h"
#include "world.h"

#include <gmock/gmock.h>

namespace quivive::auth {
namespace {

const RoutePolicy& bearer() {
  static const RoutePolicy kPolicy = policy_accepting({Scheme::Bearer});
  return kPolicy;
}

std::string at(std::int64_t offset) { return std::to_string(unix_seconds(kNow) + offset); }

// A token with a header of our choice and a signature of the right form.
std::string forged(std::string_view header) {
  const std::string good = token();
  const std::size_t dot = good.find('.');
  return base64url_encode(header) + good.substr(dot);
}

TEST(Bearer, Token_GetsItsReason) {
  struct Row {
    std::string token;
    Reason reason;
  };
  std::string tampered = token();
  char& character = tampered[tampered.rfind('.') + 10];
  character = character == 'A' ? 'B' : 'A';  // base64url still
  const std::vector<Row> rows{
      {token(), Reason::Allowed},
      {token(R"({"aud":["x","https://api.example.com"]})"), Reason::Allowed},
      {token(R"({"sub":null,"jti":null})"), Reason::Allowed},
      {"abc", Reason::TokenMalformed},
      {"a.b.c", Reason::TokenMalformed},
      {"Bearer " + token(), Reason::TokenMalformed},
      {"\"" + token() + "\"", Reason::TokenMalformed},
      {"$TOKEN", Reason::TokenMalformed},
      {World::unstored_key(3), Reason::TokenMalformed},
      {"a.b.c.d.e", Reason::TokenEncrypted},
      {forged(R"({"alg":"none"})"), Reason::TokenAlgNone},
      {forged(R"({"alg":"nOnE"})"), Reason::TokenAlgNone},
      {token().substr(0, token().rfind('.') + 1), Reason::TokenAlgNone},
      {forged(R"({"alg":"ES256","crit":["bork"]})"), Reason::TokenCriticalHeader},
      {forged(R"({"alg":"HS256","kid":"k1"})"), Reason::TokenAlgorithmNotAllowed},
      {forged(R"({"alg":"foo","kid":"k1"})"), Reason::TokenAlgorithmNotAllowed},
      {token(R"({"iss":"https://evil.example"})"), Reason::TokenWrongIssuer},
      {token(R"({"iss":null})"), Reason::TokenWrongIssuer},
      {token(R"({"iss":"https://id.example.com/"})"), Reason::TokenWrongIssuer},
      {tampered, Reason::TokenBadSignature},
      {sign(claims(), "k1", kPem2), Reason::TokenBadSignature},
      {sign(claims(), "k1", kPem1, "id_token"), Reason::TokenIsIdToken},
      {token(R"({"exp":null})"), Reason::TokenMissingClaim},
      {token(R"({"aud":null})"), Reason::TokenMissingClaim},
      {token(R"({"exp":"soon"})"), Reason::TokenBadClaim},
      {token(R"({"aud":"https://api.example.com/"})"), Reason::TokenWrongAudience},
      {token("{\"iat\":" + at(61) + "}"), Reason::TokenIssuedInFuture},
      {token("{\"nbf\":" + at(61) + "}"), Reason::TokenNotYetValid},
      {token("{\"exp\":" + at(-60) + "}"), Reason::TokenExpired},
      {token("{\"exp\":" + at(-59) + "}"), Reason::Allowed},
  };
  for (const Row& row : rows) {
    World world;
    world.fetched = world.snapshot.issuers[0].keys;
    const Verdict verdict = world.decide(bearer(), with_token(row.token));
    EXPECT_EQ(code_of(verdict.reason), code_of(row.reason)) << row.token << "\n" << verdict.detail;
    EXPECT_EQ(verdict.scheme, Scheme::Bearer);
    EXPECT_EQ(verdict.principal != nullptr, row.reason == Reason::Allowed);
    EXPECT_EQ(verdict.checks.empty(), row.reason == Reason::Allowed);
    const std::string signature = row.token.substr(row.token.rfind('.') + 1);
    if (signature.size() > 40) {
      EXPECT_EQ(verdict.detail.find(signature), std::string::npos) << "leaks";
    }
  }
}

TEST(Bearer, GoodToken_DescribesItsPrincipal) {
  World world;
  const Verdict verdict = world.decide(bearer(), with_token(token(R"({"roles":["admin","ops"]})")));
  ASSERT_TRUE(verdict.allowed()) << verdict.detail;
  const Principal& principal = *verdict.principal;
  EXPECT_EQ(principal.subject(), "alice");
  EXPECT_EQ(principal.issuer(), kIssuer);
  EXPECT_EQ(principal.key_id(), "k1");
  EXPECT_EQ(principal.token_id(), "t-1");
  EXPECT_THAT(principal.scopes(), testing::ElementsAreArray({"read", "write"}));
  EXPECT_THAT(principal.roles(), testing::ElementsAreArray({"admin", "ops"}));
  EXPECT_EQ(principal.issued_at(), kNow - std::chrono::seconds{60});
  EXPECT_EQ(principal.not_after(), kNow + std::chrono::seconds{660});  // exp and the leeway
  EXPECT_TRUE(world.asked.empty()) << "keys at hand need no fetch";
}

TEST(Bearer, NamedClaims_GiveScopesRolesAndSubject) {
  auto issuer = std::make_shared<IssuerPolicy>(*issuer_policy());
  issuer->scope_claims = {"permissions", "scope"};
  issuer->role_claims = {"realm_access.roles", "groups"};
  issuer->subject_claim = "email";
  RouteSettings settings = accepting({Scheme::Bearer});
  settings.issuers = {issuer};
  const RoutePolicy route = policy(std::move(settings));
  World world;
  const auto verdict = world.decide(
      route, with_token(token(
                 R"({"permissions":["a","b"],"realm_access":{"roles":["r"]},"groups":"g","email":"a@b.example"})")));
  ASSERT_TRUE(verdict.allowed()) << verdict.detail;
  EXPECT_THAT(verdict.principal->scopes(), testing::ElementsAreArray({"a", "b"}));
  EXPECT_THAT(verdict.principal->roles(), testing::ElementsAreArray({"r", "g"}));
  EXPECT_EQ(verdict.principal->subject(), "a@b.example");
  const auto fallback = world.decide(route, with_token(token(R"({"scope":"  x  y "})")));
  ASSERT_TRUE(fallback.allowed());
  EXPECT_THAT(fallback.principal->scopes(), testing::ElementsAreArray({"x", "y"}));
  EXPECT_EQ(fallback.principal->subject(), "");
}

TEST(Bearer, Claims_OnlyThoseThatRequirementsName_AreKept) {
  auto issuer = std::make_shared<IssuerPolicy>(*issuer_policy());
  issuer->kept_claims = {"groups", "realm.tier", "absent"};
  RouteSettings settings = accepting({Scheme::Bearer});
  settings.issuers = {issuer};
  settings.require.claims = {{"groups", {{"b"}, {}}}, {"own", {}}};
  const RoutePolicy route = policy(std::move(settings));
  std::shared_ptr<const Principal> principal;
  {
    World world;
    principal = world.decide(route, with_token(token(R"({"groups":["a","b"],"realm":{"tier":{"a":[1,"x"]}},"own":true,"other":1})"))).principal;
  }
  ASSERT_NE(principal, nullptr);
  // Their bytes are the principal's own: the token is gone.
  EXPECT_EQ(principal->claim("groups")->value, parse_json(R"(["a","b"])").value());
  EXPECT_EQ(principal->claim("realm.tier")->value, parse_json(R"({"a":[1,"x"]})").value());
  EXPECT_EQ(principal->claim("own")->value, Json(true)) << "the route's own, should the issuer's list lack it";
  ASSERT_NE(principal->claim("absent"), nullptr);
  EXPECT_EQ(principal->claim("absent")->value, std::nullopt);
  EXPECT_EQ(principal->claim("other"), nullptr);
}

TEST(Bearer, Keys_AreFetchedWhenTheyMayHelp) {
  const auto old_keys = shared_keys({{kPem1, "k1"}});
  const auto rotated = shared_keys({{kPem1, "k1"}, {kPem2, "k2"}});
  const auto reused = shared_keys({{kPem2, "k1"}});
  const std::string by_k2 = sign(claims(), "k2", kPem2);
  const std::string by_other_k1 = sign(claims(), "k1", kPem2);
  struct Row {
    std::string_view name;
    std::shared_ptr<const jose::KeySet> at_hand, fetched;
    std::string token;
    Reason reason;
    std::vector<std::string> asked;
  };
  const std::vector<Row> rows{
      {"first token of all", nullptr, old_keys, token(), Reason::Allowed, {"keys: never fetched k1"}},
      {"never fetched, issuer down",
       nullptr,
       nullptr,
       token(),
       Reason::VerifierUnavailable,
       {"keys: never fetched k1"}},
      {"fresh set lacks the kid", nullptr, old_keys, by_k2, Reason::TokenUnknownKey, {"keys: never fetched k2"}},
      {"rotation", old_keys, rotated, by_k2, Reason::Allowed, {"keys: unknown kid k2"}},
      {"unknown kid, nothing newer", old_keys, old_keys, by_k2, Reason::TokenUnknownKey, {"keys: unknown kid k2"}},
      {"unknown kid, issuer down", old_keys, nullptr, by_k2, Reason::VerifierUnavailable, {"keys: unknown kid k2"}},
      {"kid reused", old_keys, reused, by_other_k1, Reason::Allowed, {"keys: bad signature k1"}},
      {"bad signature, nothing newer",
       old_keys,
       old_keys,
       by_other_k1,
       Reason::TokenBadSignature,
       {"keys: bad signature k1"}},
      {"bad signature, issuer down",
       old_keys,
       nullptr,
       by_other_k1,
       Reason::TokenBadSignature,
       {"keys: bad signature k1"}},
      {"malformed token", nullptr, old_keys, "x.y.z", Reason::TokenMalformed, {}},
      {"foreign issuer", nullptr, old_keys, token(R"({"iss":"https://evil.example"})"), Reason::TokenWrongIssuer, {}},
      {"expired under known key", old_keys, rotated, token("{\"exp\":" + at(-600) + "}"), Reason::TokenExpired, {}},
  };
  for (const Row& row : rows) {
    World world;
    world.snapshot.issuers[0].keys = row.at_hand;
    world.fetched = row.fetched;
    const Verdict verdict = world.decide(bearer(), with_token(row.token));
    EXPECT_EQ(code_of(verdict.reason), code_of(row.reason)) << row.name << ": " << verdict.detail;
    EXPECT_EQ(world.asked, row.asked) << row.name;
    EXPECT_EQ(verdict.retry_after.count(), row.reason == Reason::VerifierUnavailable ? 5000 : 0) << row.name;
  }
}

TEST(Bearer, SlotOfAnotherIssuer_IsNotUsed) {
  // As after a reload that moved the slots: the keys of another issuer lie where ours were.
  World world;
  world.snapshot.issuers = {{"https://other.example", shared_keys({{kPem1, "k1"}})}};
  EXPECT_EQ(world.decide(bearer(), with_token(token())).reason, Reason::VerifierUnavailable);
  EXPECT_EQ(world.asked, std::vector<std::string>{"keys: never fetched k1"});
  world.snapshot.issuers.clear();
  EXPECT_EQ(world.decide(bearer(), with_token(token())).reason, Reason::VerifierUnavailable);
}

TEST(Bearer, Revocations_AreAsked) {
  using store::RevocationKind;
  struct Row {
    RevocationKind kind;
    std::string issuer, value;
    Instant cutoff;
    Reason reason;
  };
  const std::string issuer(kIssuer);
  for (const Row& row :
       {Row{RevocationKind::TokenId, issuer, "t-1", {}, Reason::TokenRevoked},
        Row{RevocationKind::TokenId, issuer, "t-2", {}, Reason::Allowed},
        Row{RevocationKind::TokenId, "https://other.example", "t-1", {}, Reason::Allowed},
        Row{RevocationKind::Subject, issuer, "alice", kNow, Reason::TokenRevoked},
        Row{RevocationKind::Subject, issuer, "alice", kNow - std::chrono::seconds{61}, Reason::Allowed},
        Row{RevocationKind::IssuedBefore, issuer, "", kNow, Reason::TokenRevoked}}) {
    World world;
    const std::vector<store::Revocation> list{
        {.issuer = row.issuer, .kind = row.kind, .value = row.value, .cutoff = row.cutoff}};
    world.snapshot.revocations = std::make_shared<const store::RevocationSet>(list);
    EXPECT_EQ(world.decide(bearer(), with_token(token())).reason, row.reason) << row.value;
  }
}

TEST(Bearer, RevocationsNotLoaded_IsAnOutage) {
  World world;
  world.snapshot.revocations = nullptr;
  EXPECT_EQ(world.decide(bearer(), with_token(token())).reason, Reason::VerifierUnavailable);
}

TEST(Bearer, SeveralFaults_AllInTheTrace) {
  World world;
  const Verdict verdict = world.decide(bearer(), with_token(token("{\"exp\":" + at(-600) + ",\"aud\":\"x\"}")));
  EXPECT_EQ(verdict.reason, Reason::TokenExpired);
  std::string trace;
  for (const Check& check : verdict.checks) {
    trace += std::string(check.name) + (check.outcome == Outcome::Passed   ? "+ "
                                        : check.outcome == Outcome::Failed ? "! "
                                                                           : "- ");
  }
  EXPECT_EQ(trace,
            "form+ issuer+ algorithm+ key+ signature+ type+ claims+ audience! issued+ not before+ expiry! revocation- "
            "scope- policy- ");
}

TEST(Bearer, Explain_TracesSuccessToo) {
  World world;
  const Verdict verdict = world.decide(bearer(), Request(with_token(token())), true);
  ASSERT_TRUE(verdict.allowed());
  ASSERT_FALSE(verdict.checks.empty());
  for (const Check& check : verdict.checks) EXPECT_EQ(check.outcome, Outcome::Passed) << check.name;
}

TEST(Bearer, CommonMistakes_AreNamed) {
  struct Row {
    std::string token, part;
  };
  for (const Row& row : {Row{"Bearer x.y.z", "twice"}, Row{World::unstored_key(3), "API key"}, Row{"'x'", "quotes"},
                         Row{"{{token}}", "placeholder"}}) {
    World world;
    const Verdict verdict = world.decide(bearer(), with_token(row.token));
    EXPECT_NE(verdict.detail.find(row.part), std::string::npos) << verdict.detail;
  }
}

TEST(Bearer, WrongIssuer_DetailSaysWhatIsThere) {
  World world;
  for (const auto& [claims, detail] : {std::pair{R"({"iss":null})", "no iss; wants "}, std::pair{R"({"iss":""})", "iss is \"\"; wants "},
                                       std::pair{R"({"iss":5})", "iss is not a string; wants "}, std::pair{R"({"iss":["https://id.example.com"]})", "iss is not a string; wants "},
                                       std::pair{R"({"iss":"https://evil.example"})", "iss is \"https://evil.example\"; wants "}}) {
    const Verdict verdict = world.decide(bearer(), with_token(token(claims)));
    EXPECT_EQ(verdict.reason, Reason::TokenWrongIssuer) << claims;
    EXPECT_THAT(verdict.detail, testing::StartsWith(detail)) << claims;
  }
}

TEST(Bearer, TokenLongerThanTheRouteTakes_IsMalformed) {
  World world;
  const std::string text = token(R"({"padding":")" + std::string(20'000, 'x') + "\"}");
  RouteSettings settings = accepting({Scheme::Bearer});
  EXPECT_EQ(world.decide(policy(settings), with_token(text)).reason, Reason::TokenMalformed);
  settings.token_bytes = text.size();
  EXPECT_EQ(world.decide(policy(settings), with_token(text)).reason, Reason::Allowed);
  settings.token_bytes = text.size() - 1;
  EXPECT_EQ(world.decide(policy(settings), with_token(text)).reason, Reason::TokenMalformed);
}

}  // namespace
}  // namespace quivive::auth
