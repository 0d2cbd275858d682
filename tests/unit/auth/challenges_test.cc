#include "auth/challenges.h"

#include "auth/client_text.h"
#include "world.h"

namespace quivive::auth {
namespace {

std::vector<std::string> lines(const RoutePolicy& policy, const Verdict& verdict, Prompts prompts = Prompts::Offer) {
  std::vector<std::string> out;
  for_each_challenge(policy, verdict, needs_nonce(policy, verdict) ? "NONCE" : "", prompts, [&](const ChallengePieces& pieces) {
    std::string& line = out.emplace_back();
    for (const std::string_view piece : pieces) line += piece;
  });
  return out;
}
Verdict verdict_of(Reason reason, std::optional<Scheme> scheme = std::nullopt, std::string required_scope = {}) {
  Verdict verdict;
  verdict.reason = reason;
  verdict.scheme = scheme;
  verdict.required_scope = std::move(required_scope);
  return verdict;
}
using Lines = std::vector<std::string>;

const std::string kBearer = R"(Bearer realm="api.example.com")";
const std::string kApiKey = R"(ApiKey realm="api.example.com", header="X-API-Key")";
const std::string kBasic = R"(Basic realm="api.example.com", charset="UTF-8")";

TEST(ChallengesFor, WithoutPrompts_BasicAndDigestAreLeftOut_WhereSomethingElseRemains) {
  const std::string session = R"(Session realm="api.example.com", cookie="quivive")";
  const Verdict missing = verdict_of(Reason::CredentialsMissing);
  const RoutePolicy all = policy_accepting({Scheme::Digest, Scheme::Bearer, Scheme::ApiKey, Scheme::Session, Scheme::Basic});
  EXPECT_EQ(lines(all, missing, Prompts::LeaveOut), (Lines{kBearer, kApiKey, session}));
  EXPECT_EQ(lines(all, missing).size(), 6U);  // Digest has two
  EXPECT_EQ(lines(policy_accepting({Scheme::Basic}), missing, Prompts::LeaveOut), (Lines{kBasic}));
  EXPECT_EQ(lines(policy_accepting({Scheme::Digest, Scheme::Basic}), missing, Prompts::LeaveOut).size(), 3U);
}

TEST(ChallengesFor, MissingCredentials_OneLineAScheme) {
  const Verdict missing = verdict_of(Reason::CredentialsMissing);
  EXPECT_EQ(lines(policy_accepting({Scheme::Bearer}), missing), Lines{kBearer});
  EXPECT_EQ(lines(policy_accepting({Scheme::Basic, Scheme::ApiKey, Scheme::Bearer}), missing),
            (Lines{kBearer, kApiKey, kBasic}));
  RouteSettings query_only = accepting({Scheme::ApiKey});
  query_only.api_key = {.header = "", .query = "api_key", .authorization = false};
  EXPECT_EQ(lines(policy(query_only), missing), Lines{R"(ApiKey realm="api.example.com")"});
}

TEST(ChallengesFor, FailedToken_SaysSoInTheBearerLineOnly) {
  const RoutePolicy route = policy_accepting({Scheme::Bearer, Scheme::Basic});
  EXPECT_EQ(
      lines(route, verdict_of(Reason::TokenExpired, Scheme::Bearer)),
      (Lines{R"(Bearer realm="api.example.com", error="invalid_token", error_description="The access token expired")",
             kBasic}));
  EXPECT_EQ(lines(route, verdict_of(Reason::PasswordWrong, Scheme::Basic)), (Lines{kBearer, kBasic}));
  // RFC 6750 section 3.1: no error where nothing, or something else, was sent.
  EXPECT_EQ(lines(route, verdict_of(Reason::SchemeUnsupported)), (Lines{kBearer, kBasic}));
}

TEST(ChallengesFor, Digest_OneLineAnAlgorithm_WithAFreshNonce) {
  const RoutePolicy route = policy_accepting({Scheme::Bearer, Scheme::Digest});
  const std::string parts = R"(", algorithm=SHA-256, qop="auth", charset=UTF-8)";
  EXPECT_EQ(lines(route, verdict_of(Reason::CredentialsMissing)),
            (Lines{R"(Digest realm="api.example.com", nonce="NONCE)" + parts,
                   R"(Digest realm="api.example.com", nonce="NONCE", algorithm=MD5, qop="auth", charset=UTF-8)", kBearer}));
  EXPECT_EQ(lines(route, verdict_of(Reason::DigestWrongResponse, Scheme::Digest)).front(), R"(Digest realm="api.example.com", nonce="NONCE)" + parts);
  EXPECT_EQ(lines(route, verdict_of(Reason::DigestNonceStale, Scheme::Digest)).front(),
            R"(Digest realm="api.example.com", nonce="NONCE)" + parts + ", stale=true");
  RouteSettings settings = accepting({Scheme::Digest});
  settings.digest = {.algorithms = {digest::DigestAlgorithm::Md5Sess}, .userhash = true, .domain = {"/a", "https://b.example"}, .opaque = "o"};
  EXPECT_EQ(lines(policy(settings), verdict_of(Reason::CredentialsMissing)),
            Lines{R"(Digest realm="api.example.com", nonce="NONCE", algorithm=MD5-sess, qop="auth", charset=UTF-8, userhash=true, opaque="o", domain="/a https://b.example")"});
  // Without spaces: LWP knows this list to the letter.
  settings.digest.qop = {digest::Qop::Auth, digest::Qop::AuthInt};
  EXPECT_NE(lines(policy(settings), verdict_of(Reason::CredentialsMissing)).front().find(R"(, qop="auth,auth-int", )"), std::string::npos);
  settings.digest.qop = {digest::Qop::AuthInt};
  EXPECT_NE(lines(policy(settings), verdict_of(Reason::CredentialsMissing)).front().find(R"(, qop="auth-int", )"), std::string::npos);
}

TEST(ChallengesFor, EveryReason_HasChallengesExactlyOn401) {
  const RoutePolicy route = policy_accepting({Scheme::Bearer, Scheme::ApiKey, Scheme::Basic});
  for (const ReasonInfo& row : all_reasons()) {
    for (const auto scheme : {std::optional<Scheme>(), std::optional(Scheme::Bearer), std::optional(Scheme::ApiKey),
                              std::optional(Scheme::Basic)}) {
      EXPECT_EQ(lines(route, verdict_of(row.reason, scheme, "a")).size(), row.status == 401 ? 3U : 0U) << row.code;
    }
  }
}

TEST(ChallengesFor, Forbidden_OnlyWhereTheRouteSaysSo) {
  RouteSettings settings = accepting({Scheme::Bearer, Scheme::Basic});
  settings.challenge_on_forbidden = true;
  const RoutePolicy route = policy(settings);
  EXPECT_EQ(
      lines(route, verdict_of(Reason::ScopeInsufficient, Scheme::Bearer, "orders:read orders:write")),
      Lines{
          R"(Bearer realm="api.example.com", error="insufficient_scope", )"
          R"(error_description="The credentials are valid and lack a scope that this resource needs", scope="orders:read orders:write")"});
  EXPECT_EQ(lines(route, verdict_of(Reason::ScopeInsufficient, Scheme::ApiKey)), Lines{});
  EXPECT_EQ(lines(route, verdict_of(Reason::PolicyDenied, Scheme::Bearer)), Lines{});
}

TEST(ChallengesFor, RealmWithQuotes_CannotEndTheValue) {
  RouteSettings settings = accepting({Scheme::Bearer});
  settings.realm = R"(a", error="x\)";
  EXPECT_EQ(lines(policy(settings), verdict_of(Reason::CredentialsMissing)),
            Lines{R"(Bearer realm="a\", error=\"x\\")"});
}

TEST(ClientText, MissingCredentials_ByWhatTheRouteAccepts) {
  struct Row {
    std::vector<Scheme> accepts;
    std::string_view text;
  };
  for (const Row& row :
       {Row{{Scheme::Bearer}, "Missing authentication token"},
        Row{{Scheme::Bearer, Scheme::ApiKey, Scheme::Basic}, "Missing authentication token"},
        Row{{Scheme::ApiKey}, "Missing API key"}, Row{{Scheme::Basic}, "Missing user name and password"},
        Row{{Scheme::ApiKey, Scheme::Basic}, "Missing credentials"}}) {
    const RoutePolicy route = policy_accepting(row.accepts);
    EXPECT_EQ(client_text(&route, Reason::CredentialsMissing).error, row.text);
    EXPECT_EQ(client_text(&route, Reason::TokenExpired).error, "Token expired");
  }
  EXPECT_EQ(client_text(nullptr, Reason::PolicyDenied).error, "Access denied");
}

TEST(ClientText, UnknownAndDisabledUsers_ReadTheSame) {
  World world;
  world.add_user("alice", "right");
  world.add_user("bob", "right", true);
  const RoutePolicy route = policy_accepting({Scheme::Basic});
  std::vector<std::string> told;
  for (const std::string_view credentials :
       {"YWxpY2U6d3Jvbmc=", "Ym9iOnJpZ2h0", "ZXZlOnJpZ2h0"}) {  // alice:wrong, bob:right, eve:right
    const Verdict verdict = world.decide(route, "GET /\nAuthorization: Basic " + std::string(credentials));
    std::string text = std::string(client_text(&route, verdict.reason).error) +
                       std::string(client_text(&route, verdict.reason).description);
    for (const std::string& line : lines(route, verdict)) text += line;
    told.push_back(std::move(text));
  }
  EXPECT_EQ(told[0], told[1]);
  EXPECT_EQ(told[0], told[2]);
}

}  // namespace
}  // namespace quivive::auth
