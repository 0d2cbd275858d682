#include "auth/route_policy.h"

#include "world.h"

namespace quivive::auth {
namespace {

TEST(RoutePolicy, Contradiction_Refused) {
  struct Row {
    std::function<void(RouteSettings&)> change;
    std::string_view part;
  };
  for (const Row& row : {
           Row{[](RouteSettings& s) { s.accept.clear(); }, "neither public"},
           Row{[](RouteSettings& s) { s.is_public = true; }, "accepts no credentials"},
           Row{[](RouteSettings& s) {
                 s.is_public = true;
                 s.accept.clear();
                 s.require.roles.all_of = {"x"};
               },
               "cannot require"},
           Row{[](RouteSettings& s) { s.accept.push_back(Scheme::Basic); }, "basic is accepted twice"},
           Row{[](RouteSettings& s) { s.issuers.clear(); }, "no issuer"},
           Row{[](RouteSettings& s) { s.issuers.push_back(nullptr); }, "null"},
           Row{[](RouteSettings& s) { s.issuers.push_back(issuer_policy()); }, "two issuers"},
           Row{[](RouteSettings& s) { s.api_key = {.header = "", .query = "", .authorization = false}; },
               "neither in a header nor in the query"},
           Row{[](RouteSettings& s) { s.api_key.header = "X Key"; }, "not a token"},
           Row{[](RouteSettings& s) { s.api_key.header = "authorization"; }, "cannot carry"},
           Row{[](RouteSettings& s) { s.api_key.header = "Cookie"; }, "cannot carry"},
           Row{[](RouteSettings& s) { s.realm = "a\r\nSet-Cookie: x"; }, "control character"},
       }) {
    RouteSettings settings = accepting({Scheme::Bearer, Scheme::ApiKey, Scheme::Basic});
    row.change(settings);
    const auto result = RoutePolicy::compile(std::move(settings));
    ASSERT_FALSE(result) << row.part;
    EXPECT_NE(result.error().message.find(row.part), std::string::npos) << result.error().message;
  }
}

TEST(RoutePolicy, SettingsOfASchemeNotAccepted_DoNotMatter) {
  RouteSettings settings = accepting({Scheme::Bearer});
  settings.api_key.header = "Host";
  EXPECT_TRUE(RoutePolicy::compile(std::move(settings)));
}

TEST(RoutePolicy, Accepted_InTheOrderOfChallenges) {
  const RoutePolicy route = policy_accepting({Scheme::Basic, Scheme::Bearer});
  EXPECT_EQ(std::vector<Scheme>(route.accepted().begin(), route.accepted().end()),
            (std::vector<Scheme>{Scheme::Bearer, Scheme::Basic}));
  EXPECT_TRUE(route.accepts(Scheme::Basic));
  EXPECT_FALSE(route.accepts(Scheme::ApiKey));
  EXPECT_FALSE(route.accepts_only(Scheme::Basic));
  EXPECT_TRUE(policy_accepting({Scheme::ApiKey}).accepts_only(Scheme::ApiKey));
}

TEST(RoutePolicy, FindIssuer_ComparesExactly) {
  const RoutePolicy route = policy_accepting({Scheme::Bearer});
  EXPECT_NE(route.find_issuer(kIssuer), nullptr);
  EXPECT_EQ(route.find_issuer("https://ID.example.com"), nullptr);
  EXPECT_EQ(route.find_issuer(""), nullptr);
}

TEST(Scheme, Names_FoundBothWays) {
  for (const SchemeInfo& row : all_schemes()) {
    EXPECT_EQ(scheme_from_setting(row.setting), row.scheme);
    EXPECT_EQ(scheme_from_challenge(row.challenge), row.scheme);
    EXPECT_EQ(&info(row.scheme), &row);
  }
  EXPECT_EQ(scheme_from_challenge("bEARER"), Scheme::Bearer);
  EXPECT_EQ(scheme_from_setting("Bearer"), std::nullopt);
  EXPECT_EQ(scheme_from_challenge("api_key"), std::nullopt);
}

TEST(MoreTelling, Ranks_DecideAndTheFirstOfEqualsStays) {
  EXPECT_EQ(more_telling(Reason::CredentialsMissing, Reason::TokenMalformed), Reason::TokenMalformed);
  EXPECT_EQ(more_telling(Reason::TokenExpired, Reason::TokenBadSignature), Reason::TokenExpired);
  EXPECT_EQ(more_telling(Reason::TokenMalformed, Reason::BasicMalformed), Reason::TokenMalformed);
}

TEST(TraceOf, Reason_DividesTheChecks) {
  const auto outcomes = [](const std::vector<Check>& checks) {
    std::string out;
    for (const Check& check : checks)
      out += check.outcome == Outcome::Passed ? '+' : check.outcome == Outcome::Failed ? '!' : '-';
    return out;
  };
  EXPECT_EQ(outcomes(trace_of(CheckList::ApiKey, Reason::KeyExpired, "x")), "+++!--");
  EXPECT_EQ(outcomes(trace_of(CheckList::ApiKey, Reason::KeyMalformed, "x")), "!-----");
  EXPECT_EQ(outcomes(trace_of(CheckList::Password, Reason::PasswordWrong, "x")), "+!--");
  EXPECT_EQ(outcomes(trace_of(CheckList::Token, Reason::TokenUnknownKey, "x")), "+++!----------");
  EXPECT_EQ(outcomes(trace_of(CheckList::Password, Reason::Allowed, {})), "++++");
  EXPECT_EQ(outcomes(trace_of(CheckList::Password, Reason::UpstreamTimeout, "x")), "----");
}

// Every reason of the families that this layer decides belongs to a check, so that `explain` can show where it failed.
TEST(TraceOf, EveryReasonOfItsFamily_HasACheck) {
  for (const ReasonInfo& row : all_reasons()) {
    const bool token = row.code.starts_with("token-");
    const bool key = row.code.starts_with("key-") && row.reason != Reason::KeyInWrongPlace;
    if (!token && !key) continue;
    int failed = 0;
    for (const Check& check : trace_of(token ? CheckList::Token : CheckList::ApiKey, row.reason, "x"))
      failed += check.outcome == Outcome::Failed;
    EXPECT_EQ(failed, 1) << row.code;
  }
}

}  // namespace
}  // namespace quivive::auth
