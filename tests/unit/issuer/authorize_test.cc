#include "issuer/authorize.h"

#include "issuer/asked_marker.h"

#include "token_world.h"

#include <gmock/gmock.h>

namespace quivive::issuer {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::StartsWith;

class AuthorizeTest : public TokenWorld {
 protected:
  // Where it ends: "login", "code", an error's code, or what is shown.
  std::string outcome(const std::string& query, const std::optional<SignedIn>& user) {
    const std::string where = authorize_at(query, user);
    if (where.starts_with("login?")) return "login";
    return parameter(where, "code").empty() ? parameter(where, "error") : "code";
  }
  // The request as it comes back from the login page.
  std::string with_marker(const std::string& query, const std::optional<SignedIn>& user) {
    std::string out = query;
    const std::string where = authorize_at(query, user);
    EXPECT_THAT(where, StartsWith("login?")) << query;
    http::append_form_pair(out, "quivive_asked", where.substr(6));
    return out;
  }
};

TEST_F(AuthorizeTest, PromptLogin_TakesASignInSinceThenOnce) {
  const SignedIn before = anna(now_);
  pass(seconds(5));
  const std::string wanted = with_marker(authorization_request({{"prompt", "login"}}), before);
  pass(seconds(20));
  EXPECT_EQ(outcome(wanted, before), "login");
  const SignedIn since = anna(now_);
  pass(minutes(2));
  EXPECT_EQ(outcome(wanted, since), "code");
  EXPECT_EQ(outcome(wanted, since), "login");
}

TEST_F(AuthorizeTest, Marker_IsOfOneRequest) {
  const std::string wanted = with_marker(authorization_request({{"prompt", "login"}, {"state", "1"}}), {});
  const std::string marker = wanted.substr(wanted.find("quivive_asked="));
  pass(seconds(20));
  const SignedIn since = anna(now_);
  for (const std::string& other : {authorization_request({{"prompt", "login"}, {"state", "2"}}), authorization_request({{"prompt", "login"}, {"state", "1"}, {"nonce", "n"}}),
                                   authorization_request({{"prompt", "login"}, {"state", "1"}, {"scope", "orders:read"}}), authorization_request({{"prompt", "login"}, {"max_age", "9"}, {"state", "1"}})}) {
    EXPECT_EQ(outcome(other + '&' + marker, since), "login") << other;
  }
  EXPECT_EQ(outcome(wanted, since), "code");
}

TEST_F(AuthorizeTest, Marker_LastsForMinutes) {
  for (const auto& [after, end] : {std::pair(kAskedLifetime, "code"), {kAskedLifetime + Duration(1), "login"}}) {
    const std::string wanted = with_marker(authorization_request({{"prompt", "login"}}), {});
    pass(after);
    EXPECT_EQ(outcome(wanted, anna(now_)), end);
  }
}

TEST_F(AuthorizeTest, MarkerThatWasChanged_IsNone) {
  const std::string wanted = with_marker(authorization_request({{"prompt", "login"}}), {});
  const auto at = wanted.find("quivive_asked=") + 14;
  pass(seconds(1));
  const SignedIn since = anna(now_);
  EXPECT_EQ(outcome(wanted.substr(0, at) + "1" + wanted.substr(at), since), "login");
  EXPECT_EQ(outcome(wanted + "A", since), "login");
  ASSERT_EQ(outcome(wanted, since), "code");
  EXPECT_EQ(outcome(wanted.substr(0, at) + "0" + wanted.substr(at), since), "login");  // the same one, written otherwise
}

TEST_F(AuthorizeTest, PromptOrMaxAgeThatCannotBeRead_IsRefused) {
  for (const std::string_view age : {"abc", "-1", "3x", "+3", "0x3", "3 ", "99999999999999999999"}) {
    EXPECT_EQ(outcome(authorization_request({{"max_age", age}}), anna(now_)), "invalid_request") << age;
  }
  for (const std::string_view prompt : {"Login", "login,consent", "login x", "NONE"}) {
    EXPECT_EQ(outcome(authorization_request({{"prompt", prompt}}), anna(now_)), "invalid_request") << prompt;
  }
  for (const std::string_view age : {"", "0", "3", "9223372036854775807"}) {
    EXPECT_EQ(outcome(authorization_request({{"max_age", age}}), anna(now_)), "code") << age;
  }
  EXPECT_EQ(outcome(authorization_request({{"prompt", "consent select_account"}}), anna(now_)), "code");
}

TEST_F(AuthorizeTest, MaxAge_ExcusesNoSignInButTheWayBack) {
  const std::string request = authorization_request({{"max_age", "3"}});
  EXPECT_EQ(outcome(request, anna(now_ - seconds(3))), "code");
  for (const auto& [age, end] : {std::pair(seconds(60), "code"), {seconds(61), "login"}}) {
    const std::string wanted = with_marker(request, anna(now_ - seconds(4)));
    const SignedIn since = anna(now_);
    pass(age);
    EXPECT_EQ(outcome(wanted, since), end);
  }
}

}  // namespace
}  // namespace quivive::issuer
