#include "base/words.h"
#include "issuer/device.h"
#include "issuer/scopes.h"

#include <gtest/gtest.h>

namespace quivive::issuer {
namespace {

const std::vector<std::string> kMost = {"orders:read", "orders:write", "openid"};

TEST(GrantScopes, AsManyAsAreAskedForAndAllowed) {
  EXPECT_EQ(join(*grant_scopes("orders:write", kMost)), "orders:write");
  EXPECT_EQ(join(*grant_scopes("openid orders:read  openid", kMost)), "openid orders:read");
  EXPECT_EQ(join(*grant_scopes("", kMost)), "orders:read orders:write openid");
  EXPECT_EQ(join(*grant_scopes("", {})), "");
}

TEST(GrantScopes, OneThatIsNotAllowed_RefusesAll) {
  for (const std::string_view wanted : {"orders:delete", "orders:read orders:delete", "ORDERS:READ", "a\"b", "a\\b", "\xc3\xa4"}) {
    const auto scopes = grant_scopes(wanted, kMost);
    ASSERT_FALSE(scopes) << wanted;
    EXPECT_EQ(scopes.error().error, OAuthError::InvalidScope);
    EXPECT_EQ(scopes.error().description.find_first_of("\"\\"), std::string::npos);  // RFC 6749 section 5.2
  }
}

TEST(UserCode, AsPeopleTypeIt) {
  for (const std::string_view typed : {"WDJB-MJHT", "wdjbmjht", "WDJB MJHT", "w-d-j-b-m-j-h-t", " WDJBMJHT "}) EXPECT_EQ(read_user_code(typed), "WDJBMJHT") << typed;
  for (const std::string_view typed : {"", "WDJB-MJH", "WDJB-MJHTX", "WDJB-MJHA", "WDJB-MJH1", "WDJB_MJHT", "WDJB-MJH\xc3\x89"}) EXPECT_EQ(read_user_code(typed), "") << typed;
  EXPECT_EQ(show_user_code("WDJBMJHT"), "WDJB-MJHT");
}

}  // namespace
}  // namespace quivive::issuer
