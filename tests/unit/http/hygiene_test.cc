#include "http/hygiene.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quivive::http {
namespace {

Field field(std::string_view name, std::string_view value = "x") { return {name, value, field_id(name)}; }

ProtectedNames our_names() {
  const std::string_view names[] = {"X-Forwarded-User", "Remote-Groups", ""};
  const std::string_view prefixes[] = {"X-Quivive-", ""};
  return ProtectedNames(names, prefixes);
}

TEST(SameFoldedName, Twins_AreSeen) {
  for (const std::string_view twin : {"X-Auth-User", "x-auth-user", "X_Auth_User", "X.Auth.User", "X Auth-User", "X-Auth+User", "X!Auth~User", "X--Auth-User", "X-_Auth-.User"}) {
    EXPECT_TRUE(same_folded_name("X-Auth-User", twin)) << twin;
  }
  for (const std::string_view other : {"X-Auth-User2", "XAuthUser", "X-Auth-User-", "X-Auth-Usex", ""}) {
    EXPECT_FALSE(same_folded_name("X-Auth-User", other)) << other;
  }
}

TEST(ProtectedNames, NamesAndPrefixes_MatchInEverySpelling) {
  const ProtectedNames names = our_names();
  for (const std::string_view name : {"X-Forwarded-User", "x_forwarded-user", "X.Forwarded.User", "REMOTE_GROUPS", "X-Quivive-Subject", "x.quivive_anything", "X-Quivive-"}) {
    EXPECT_TRUE(names.matches(name)) << name;
  }
  for (const std::string_view name : {"", "X-Forwarded-Users", "X-Quivive", "Remote-Group", "Authorization", "\xff", "-", "X-Quiviv3-Subject"}) {
    EXPECT_FALSE(names.matches(name)) << name;
  }
  EXPECT_FALSE(ProtectedNames().matches("X"));
  const std::string longer(70, 'a'), longer_still(71, 'a');
  const std::string_view long_names[] = {longer};
  EXPECT_TRUE(ProtectedNames(long_names, {}).matches(longer));
  EXPECT_FALSE(ProtectedNames(long_names, {}).matches(longer_still));
}

TEST(ClassifyForUpstream, HopByHopAndOurs_AreDropped) {
  const ProtectedNames names = our_names();
  for (const std::string_view name : {"Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
                                      "Proxy-Authorization", "Proxy-Authenticate", "upgrade", "X-Quivive-Subject", "X_Quivive_Subject", "X_Forwarded_User",
                                      "X-Forwarded_User"}) {
    EXPECT_EQ(classify_for_upstream(field(name), {}, names), FieldAction::Drop) << name;
  }
  for (const std::string_view name : {"Host", "Authorization", "Cookie", "Content-Length", "X-Forwarded-For", "Accept", "my_app_field", "X-Custom", "WebSocket"}) {
    EXPECT_EQ(classify_for_upstream(field(name), {}, names), FieldAction::Keep) << name;
  }
}

TEST(ClassifyForUpstream, Proxy_IsDropped) {
  for (const std::string_view name : {"Proxy", "proxy"}) EXPECT_EQ(classify_for_upstream(field(name), {}, {}), FieldAction::Drop) << name;
  EXPECT_EQ(classify_for_upstream(field("Proxy-Status"), {}, {}), FieldAction::Keep);
}

TEST(IsSaidByProxies, ForwardedAndItsKin) {
  for (const std::string_view name : {"X-Forwarded-Email", "x-forwarded-port", "X-Forwarded-Prefix", "X-Forwarded-Uri", "X_Forwarded.Method", "X-Original-URL", "x-rewrite-url",
                                      "True-Client-IP", "X-Client-IP", "CF-Connecting-IP"}) {
    EXPECT_TRUE(is_said_by_proxies(field(name))) << name;
  }
  for (const std::string_view name : {"X-Forwarded", "X-Original-Title", "Forwards", "Host", "X-Custom", "Authorization", "Client-IPs", ""}) {
    EXPECT_FALSE(is_said_by_proxies(field(name))) << name;
  }
}

TEST(IsMethodOverride, InEverySpelling) {
  for (const std::string_view name : {"X-HTTP-Method-Override", "x-http-method-override", "X_HTTP_Method_Override", "X-HTTP-Method", "X.Http.Method", "X-Method-Override"}) {
    EXPECT_TRUE(is_method_override(field(name))) << name;
  }
  for (const std::string_view name : {"X-HTTP-Methods", "X-Method", "Method-Override", "Access-Control-Request-Method", "X-Custom", ""}) {
    EXPECT_FALSE(is_method_override(field(name))) << name;
  }
}

TEST(ClassifyForUpstream, MisspeltTwinsOfCriticalFields_AreDropped) {
  for (const std::string_view name : {"Content_Length", "transfer_encoding", "Transfer.Encoding", "X_Forwarded_For", "X-Forwarded_Whatever", "X.Real.IP", "Content_Type",
                                      "X_Request_Id", "Sec_Fetch-Site", "Proxy_Authorization"}) {
    EXPECT_EQ(classify_for_upstream(field(name), {}, {}), FieldAction::Drop) << name;
  }
}

TEST(ClassifyForUpstream, ConnectionList_RemovesOnlyWhatItMay) {
  const std::string list =
      "close, x-custom, x-real-ip, X-Forwarded-Host, x-forwarded-anything, Authorization, COOKIE, host, Content-Length, content-type, Via, X-Request-Id";
  const Field connection[] = {{"Connection", list, FieldId::Connection}};
  const ConnectionOptions options{connection};
  EXPECT_EQ(classify_for_upstream(field("X-Custom"), options, {}), FieldAction::Drop);
  for (const std::string_view name : {"X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Anything", "Authorization", "Cookie", "Host", "Content-Length", "Content-Type", "Via",
                                      "X-Request-Id", "Accept"}) {
    EXPECT_EQ(classify_for_upstream(field(name), options, {}), FieldAction::Keep) << name;
  }
}

TEST(ClassifyForClient, HopByHopAndListed_AreDropped) {
  const Field connection[] = {{"Connection", "X-Internal, Set-Cookie, WWW-Authenticate, Cache-Control", FieldId::Connection}};
  const ConnectionOptions options{connection};
  for (const std::string_view name : {"Connection", "Transfer-Encoding", "Keep-Alive", "Proxy-Authenticate", "Upgrade", "Trailer", "x-internal"}) {
    EXPECT_EQ(classify_for_client(field(name), options), FieldAction::Drop) << name;
  }
  for (const std::string_view name : {"Set-Cookie", "WWW-Authenticate", "Cache-Control", "Content-Type", "X-Other"}) {
    EXPECT_EQ(classify_for_client(field(name), options), FieldAction::Keep) << name;
  }
}

TEST(ConnectionOptions, SeveralFields_AreOneList) {
  const Field fields[] = {{"Connection", " close ,, X-A", FieldId::Connection}, {"Other", "y", FieldId::Other}, {"connection", "Upgrade", FieldId::Connection}};
  const ConnectionOptions options{fields};
  EXPECT_EQ(std::vector<std::string_view>(options.names().begin(), options.names().end()), (std::vector<std::string_view>{"close", "X-A", "Upgrade"}));
  EXPECT_TRUE(options.contains("x-a"));
  EXPECT_TRUE(options.contains("CLOSE"));
  EXPECT_FALSE(options.contains("y"));
  EXPECT_TRUE(options.may_name_fields());
  const Field plain[] = {{"Connection", "Keep-Alive, upgrade, close", FieldId::Connection}};
  EXPECT_FALSE(ConnectionOptions{plain}.may_name_fields());
}

}  // namespace
}  // namespace quivive::http
