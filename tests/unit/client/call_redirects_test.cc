// Redirects: where a call goes on, with which method and body, and what of its credentials and fields goes there.

#include "unit/client/call_rows.h"

namespace quivive::client {
namespace {

TEST(CallRedirects, AreDeliveredUnlessAskedFor) {
  check({{"", "https://a.test/", {bearer("https://a.test/", "t")}, {"302 https://b.test/"}, {}, "GET https://a.test/ Bearer t > answered"}});
}

TEST(CallRedirects, CredentialIsChosenAnewForEachHop) {
  const Credentials a{bearer("https://a.test/", "t")};
  check(
      {
          {"same origin", "https://a.test/x", a, {"302 /y", "200"}, {}, "GET https://a.test/x Bearer t > GET https://a.test/y Bearer t > answered"},
          {"same origin, after a challenge", "https://a.test/x", {password("https://a.test/", kEither)}, {"401 Basic realm=\"r\"", "302 /y", "200"}, {},
           "GET https://a.test/x > GET https://a.test/x Basic ann:pass > GET https://a.test/y Basic ann:pass > answered"},
          {"another origin, after a challenge", "https://a.test/x", {password("https://a.test/", kEither)},
           {"401 Basic realm=\"r\"", "302 https://b.test/", "401 Basic realm=\"r\""}, {},
           "GET https://a.test/x > GET https://a.test/x Basic ann:pass > GET https://b.test/ > refused redirect-dropped-auth"},
          {"subdomain (curl before 7.83: CVE-2022-27774)", "https://a.test/", a, {"302 https://x.a.test/", "200"}, {},
           "GET https://a.test/ Bearer t > GET https://x.a.test/ > answered"},
          {"port (CVE-2022-27774)", "https://a.test/", a, {"302 https://a.test:444/", "200"}, {},
           "GET https://a.test/ Bearer t > GET https://a.test:444/ > answered"},
          {"network path", "https://a.test/", a, {"302 //b.test/", "200"}, {}, "GET https://a.test/ Bearer t > GET https://b.test/ > answered"},
          {"there and back: the bound origin gets it, and no other", "https://a.test/", a, {"302 https://b.test/", "302 https://a.test/z", "200"}, {},
           "GET https://a.test/ Bearer t > GET https://b.test/ > GET https://a.test/z Bearer t > answered"},
          {"each its own", "https://a.test/", {bearer("https://a.test/", "t"), key("https://b.test/")}, {"307 https://b.test/", "200"}, {},
           "GET https://a.test/ Bearer t > GET https://b.test/ X-API-Key=k1 > answered"},
          {"lost on the way", "https://a.test/", a, {"302 https://b.test/", "401 Bearer"}, {},
           "GET https://a.test/ Bearer t > GET https://b.test/ > refused redirect-dropped-auth"},
          {"down to http", "https://a.test/", a, {"302 http://a.test/"}, {}, "GET https://a.test/ Bearer t > not-sent https-to-http-redirect"},
          {"no end", "https://a.test/", a, {"302 /"}, {},
           "GET https://a.test/ Bearer t > GET https://a.test/ Bearer t > GET https://a.test/ Bearer t > GET https://a.test/ Bearer t > not-sent too-many-redirects"},
          {"two Locations", "https://a.test/", a, {"302 /x ;; Location: https://b.test/"}, {}, "GET https://a.test/ Bearer t > not-sent redirect-unusable"},
          {"user info", "https://a.test/", a, {"302 https://u:p@b.test/"}, {}, "GET https://a.test/ Bearer t > not-sent redirect-unusable"},
          {"another kind of URL", "https://a.test/", a, {"302 file:///etc/passwd"}, {}, "GET https://a.test/ Bearer t > not-sent redirect-unusable"},
      },
      {.max_redirects = 3});
}

TEST(CallRedirects, CallersFieldsStayUnlessKnownToBeHarmless) {
  CallRequest request;
  request.fields.push_back({"Authorization", Secret("Bearer own")});
  request.fields.push_back({"Cookie", Secret("s=1")});
  request.fields.push_back({"X-Company-Key", Secret("k")});
  request.fields.push_back({"Accept", Secret("*/*")});
  const std::string first = "GET https://a.test/ Bearer own Cookie=s=1 X-Company-Key=k Accept=*/*";
  check(
      {
          {"another origin", "https://a.test/", {}, {"302 https://b.test/", "200"}, {}, first + " > GET https://b.test/ Accept=*/* > answered"},
          {"and back: what stayed behind is gone", "https://a.test/", {bearer("https://a.test/", "t")}, {"302 https://b.test/", "302 https://a.test/", "401"}, {},
           first + " > GET https://b.test/ Accept=*/* > GET https://a.test/ Accept=*/* > refused redirect-dropped-auth"},
          {"the same origin", "https://a.test/", {}, {"302 /", "200"}, {}, first + " > " + first + " > answered"},
      },
      {.max_redirects = 3}, request);
}

TEST(CallRedirects, MethodAndBody) {
  struct MethodRow {
    std::string method, status, expected;
  };
  const std::vector<MethodRow> rows = {
      {"POST", "301", "POST https://a.test/ Content-Type=x +body > GET https://a.test/y > answered"},
      {"POST", "302", "POST https://a.test/ Content-Type=x +body > GET https://a.test/y > answered"},
      {"PUT", "302", "PUT https://a.test/ Content-Type=x +body > PUT https://a.test/y Content-Type=x +body again > answered"},
      {"PUT", "303", "PUT https://a.test/ Content-Type=x +body > GET https://a.test/y > answered"},
      {"HEAD", "303", "HEAD https://a.test/ Content-Type=x +body > HEAD https://a.test/y > answered"},
      {"POST", "307", "POST https://a.test/ Content-Type=x +body > POST https://a.test/y Content-Type=x +body again > answered"},
      {"POST", "308", "POST https://a.test/ Content-Type=x +body > POST https://a.test/y Content-Type=x +body again > answered"},
      {"POST", "304", "POST https://a.test/ Content-Type=x +body > answered"},
      {"POST", "300", "POST https://a.test/ Content-Type=x +body > answered"},
  };
  for (const MethodRow& row : rows) {
    Conversation talk("https://a.test/", {});
    talk.rules.max_redirects = 1;
    talk.request.method = row.method;
    talk.request.body = BodyKind::Rewindable;
    talk.request.fields.push_back({"Content-Type", Secret("x")});
    EXPECT_EQ(talk.run({row.status + " /y", "200"}), row.expected) << row.method << ' ' << row.status;
  }
}

}  // namespace
}  // namespace quivive::client
