#include "diagnose/reader.h"
#include "unit/diagnose/readers/dump.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace quivive::diagnose {
namespace {

std::string collection(std::string_view items, std::string_view more = "") {
  return fmt::format(
      R"({{"info":{{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}},"item":[{}]{}}})", items,
      more);
}
std::string item(std::string_view request, std::string_view more = "") {
  return fmt::format(R"({{"name":"i","request":{}{}}})", request, more);
}
std::string environment(std::string_view values) { return fmt::format(R"({{"name":"e","values":[{}]}})", values); }

// Exchanges, remarks and declared helpers, dumped; the first line is left out.
std::string read(std::string_view text, std::string_view values = "") {
  const Read read = read_postman(text, values);
  if (!read) return "error: " + read.error().message;
  const std::string all = dump(*read);
  return all.substr(all.find('\n') + 1);
}

constexpr std::string_view kGet = R"("method":"GET","url":"https://a.test/x")";

TEST(ReadPostman, ItemsInFolders_AreExchangesInOrder) {
  const Read read = read_postman(
      collection(item(R"("https://a.test/1")") + R"(,{"name":"f","item":[{"item":[)" + item(R"({"method":"POST","url":"a.test/2"})") +
                 "]}," + item(R"({"url":{"raw":"https://a.test/3"}})") + R"(]},{"name":"no request"},null,{"request":null})"),
      "");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(dump(*read), R"(postman "Postman" 3 of 3 source
#0    0
> GET https://a.test/1
#1    0
> POST http://a.test/2
#2    0
> GET https://a.test/3
)");
}

TEST(ReadPostman, SavedResponses_AreExchangesEach) {
  EXPECT_EQ(read(collection(item(fmt::format(R"({{{}}})", kGet), R"(,"response":[
      {"name":"no","originalRequest":{"method":"PUT","url":"https://a.test/y","header":"X-A: 1\nX-B:2"},"status":"Unauthorized","code":401,
       "header":[{"key":"WWW-Authenticate","value":"Bearer"}],"body":"{}","cookie":[]},
      {"code":200,"header":"Date: now\r\nServer: s","body":null}])"))),
            R"(#0    0
> PUT https://a.test/y
> X-A: 1
> X-B: 2
< 401 Unauthorized
< WWW-Authenticate: Bearer
<< {}
#1    0
> GET https://a.test/x
< 200
< Date: now
< Server: s
)");
}

// Beside a saved response stands the token that the request would carry now, and no remark about how that is written.
TEST(ReadPostman, SavedResponses_KnowTheTokenOfToday) {
  const auto saved = [](std::string_view authorization) {
    return fmt::format(R"(,"response":[{{"originalRequest":{{{},"header":"Authorization: {}"}},"code":401}}])", kGet, authorization);
  };
  const auto today = [&](std::string_view request, std::string_view authorization) {
    const Read read = read_postman(collection(item(fmt::format("{{{}{}}}", kGet, request), saved(authorization))),
                                   environment(R"({"key":"token","value":"of-today"})"));
    EXPECT_TRUE(read && read->remarks.empty());
    return read->current.empty() ? std::string("none") : fmt::format("{} {}", read->current[0].exchange, read->current[0].token);
  };
  EXPECT_EQ(today(R"(,"header":"Authorization: Bearer {{token}}")", "Bearer of-yesterday"), "0 of-today");
  EXPECT_EQ(today(R"(,"auth":{"type":"bearer","bearer":[{"key":"token","value":"{{token}}"}]})", "Bearer of-yesterday"), "0 of-today");
  EXPECT_EQ(today(R"(,"header":"Authorization: Bearer {{unknown}}")", "Bearer of-yesterday"), "0 {{unknown}}");
  EXPECT_EQ(today(R"(,"header":"Authorization: Basic YTpi")", "Bearer of-yesterday"), "none");
  EXPECT_EQ(today(R"(,"header":"Authorization: Bearer {{token}}")", "Basic YTpi"), "none");
}

TEST(ReadPostman, Url_IsWhatIsRequested) {
  struct Row {
    std::string_view url, expected;
  };
  for (
      const Row& row : {
          Row{R"("a.test")", "> GET http://a.test/\n"},
          Row{R"("https://a.test/x?a=1#frag")", "> GET https://a.test/x?a=1\n"},
          Row{R"({"raw":"ignored","protocol":"https","host":["api","a","test"],"port":"8443","path":["v1","x"],"query":[{"key":"a","value":"1"},{"key":"b","value":null}]})",
              "> GET https://api.a.test:8443/v1/x?a=1&b\n"},
          Row{R"({"raw":"https://a.test/x?a=1&b=2","host":["a","test"],"protocol":"https","path":"x","query":[{"key":"a","value":"1","disabled":true},{"key":"b","value":"2"}]})",
              "> GET https://a.test/x?b=2\n! disabled #0 request.url a a\n"},
          Row{R"({"raw":"https://a.test/u/:id/:other/f:g","protocol":"https","host":["a","test"],"path":["u",":id",":other","f:g"],"variable":[{"key":"id","value":"7"}]})",
              "> GET https://a.test/u/7/:other/f:g\n! placeholder #0 request.url  :other\n"},
          Row{R"({"raw":"https://a.test/u/:id","variable":[{"id":"id","value":"7"}]})", "> GET https://a.test/u/7\n"},
          Row{R"({"host":["a.test"],"path":[{"type":"string","value":"x"},"y"]})", "> GET http://a.test/x/y\n"},
          Row{R"("https://u:p@a.test/x")", "> GET u:p@ https://a.test/x\n"},
          Row{"null", "> GET \n"},
      }) {
    EXPECT_EQ(read(collection(item(fmt::format(R"({{"method":"GET","url":{}}})", row.url)))), "#0    0\n" + std::string(row.expected))
        << row.url;
  }
}

TEST(ReadPostman, AuthHelper_IsRenderedAsPostmanSendsIt) {
  struct Row {
    std::string_view auth, expected;
  };
  for (const Row& row : {
           Row{R"({"type":"bearer","bearer":[{"key":"token","value":"Bearer abc"}]})",
               "> GET https://a.test/x\n> Authorization: Bearer Bearer abc\n@ #0 bearer token=Bearer abc\n"},
           Row{R"({"type":"bearer","bearer":{"token":"abc"}})",
               "> GET https://a.test/x\n> Authorization: Bearer abc\n@ #0 bearer token=abc\n"},
           Row{R"({"type":"bearer"})", "> GET https://a.test/x\n> Authorization: Bearer \n@ #0 bearer\n"},
           Row{R"({"type":"basic","basic":{"username":"acme:svc","password":"p","showPassword":false}})",
               "> GET https://a.test/x\n> Authorization: Basic YWNtZTpzdmM6cA==\n@ #0 basic username=acme:svc password=p "
               "showPassword=false\n"},
           Row{R"({"type":"apikey","apikey":[{"key":"key","value":"X-Key"},{"key":"value","value":"k"}]})",
               "> GET https://a.test/x\n> X-Key: k\n@ #0 apikey key=X-Key value=k\n"},
           Row{R"({"type":"apikey","apikey":[{"key":"key","value":"key"},{"key":"value","value":"a b"},{"key":"in","value":"query"}]})",
               "> GET https://a.test/x?key=a+b\n@ #0 apikey key=key value=a b in=query\n"},
           Row{R"({"type":"oauth2","oauth2":[{"key":"accessToken","value":"t"}]})",
               "> GET https://a.test/x\n> Authorization: Bearer t\n@ #0 oauth2 accessToken=t\n"},
           Row{R"({"type":"oauth2","oauth2":[{"key":"accessToken","value":"t"},{"key":"headerPrefix","value":"OAuth "}]})",
               "> GET https://a.test/x\n> Authorization: OAuth t\n@ #0 oauth2 accessToken=t headerPrefix=OAuth \n"},
           Row{R"({"type":"oauth2","oauth2":[{"key":"accessToken","value":"t"},{"key":"headerPrefix","value":""}]})",
               "> GET https://a.test/x\n> Authorization: t\n@ #0 oauth2 accessToken=t headerPrefix=\n"},
           Row{R"({"type":"oauth2","oauth2":[{"key":"accessToken","value":"t"},{"key":"addTokenTo","value":"queryParams"}]})",
               "> GET https://a.test/x?access_token=t\n@ #0 oauth2 accessToken=t addTokenTo=queryParams\n"},
           Row{R"({"type":"oauth2","oauth2":[{"key":"clientId","value":"{{id}}"}]})",
               "> GET https://a.test/x\n@ #0 oauth2 clientId={{id}}\n"},
           Row{R"({"type":"digest","digest":[{"key":"username","value":"u"}]})", "> GET https://a.test/x\n@ #0 digest username=u\n"},
           Row{R"({"type":"awsv4","awsv4":{"region":"eu"}})", "> GET https://a.test/x\n@ #0 awsv4 region=eu\n"},
           Row{R"({"type":"ntlm","ntlm":[]})", "> GET https://a.test/x\n@ #0 ntlm\n"},
           Row{R"({"type":"jwt","jwt":[]})", "> GET https://a.test/x\n@ #0 jwt\n"},
           Row{R"({"type":"noauth"})", "> GET https://a.test/x\n@ #0 noauth\n"},
           Row{R"(null)", "> GET https://a.test/x\n"},
       }) {
    EXPECT_EQ(read(collection(item(fmt::format(R"({{{},"auth":{}}})", kGet, row.auth)))), "#0    0\n" + std::string(row.expected))
        << row.auth;
  }
}

TEST(ReadPostman, AuthHelper_IsInherited) {
  constexpr std::string_view kOuter = R"(,"auth":{"type":"bearer","bearer":{"token":"outer"}})";
  const std::string plain = item(fmt::format("{{{}}}", kGet));
  const auto header = [](const std::string& text) {
    return std::string(read_postman(text, "")->exchanges.front().request->headers.value("authorization"));
  };
  EXPECT_EQ(header(collection(plain, kOuter)), "Bearer outer");
  EXPECT_EQ(header(collection(R"({"item":[)" + plain + "]}", kOuter)), "Bearer outer");
  EXPECT_EQ(header(collection(R"({"auth":{"type":"bearer","bearer":{"token":"inner"}},"item":[)" + plain + "]}", kOuter)), "Bearer inner");
  EXPECT_EQ(header(collection(R"({"auth":{"type":"noauth"},"item":[)" + plain + "]}", kOuter)), "");
  EXPECT_EQ(header(collection(item(fmt::format(R"({{{},"auth":{{"type":"noauth"}}}})", kGet)), kOuter)), "");
  EXPECT_EQ(header(collection(item(fmt::format(R"({{{},"auth":null}})", kGet)), kOuter)), "Bearer outer");
  EXPECT_EQ(header(collection(item("\"https://a.test/\"", R"(,"response":[{"code":401}])"), kOuter)), "Bearer outer");
  // What an example says was sent is not replaced by what is inherited.
  EXPECT_EQ(
      header(collection(
          item(
              "\"https://a.test/\"",
              R"(,"response":[{"code":401,"originalRequest":{"url":"https://a.test/","header":[{"key":"Authorization","value":"Bearer old"}]}}])"),
          kOuter)),
      "Bearer old");
}

TEST(ReadPostman, AuthHelper_ReplacesTheHeader) {
  EXPECT_EQ(read(collection(item(fmt::format(
                R"({{{},"header":[{{"key":"authorization","value":"Bearer mine"}}],"auth":{{"type":"bearer","bearer":{{"token":"t"}}}}}})",
                kGet)))),
            "#0    0\n> GET https://a.test/x\n> Authorization: Bearer t\n* the auth helper replaces the Authorization header of the "
            "request\n@ #0 bearer token=t\n");
}

struct VariableRow {
  std::string_view value, variables, environment, expected;  // the field's value as sent, then the remarks
};

TEST(ReadPostman, Variables_AreReplacedOrRemarkedUpon) {
  for (const VariableRow& row : {
           VariableRow{"{{token}}", R"({"key":"token","value":"t"})", "", "t"},
           VariableRow{"a{{token}}b{{token}}", R"({"id":"token","value":1})", "", "a1b1"},
           VariableRow{"{{token}}", R"({"key":"token","value":"c"})", R"({"key":"token","value":"e","enabled":true})", "e"},
           VariableRow{"{{token}}", R"({"key":"token","value":"c"})", R"({"key":"token","value":"e","enabled":false})", "c"},
           VariableRow{"{{token}}", R"({"key":"token","value":"c","disabled":true},{"key":"token","value":"d"})", "", "d"},
           VariableRow{"{{token}}", R"({"key":"token","value":""})", "", ""},
           VariableRow{"{{outer}}", R"({"key":"outer","value":"<{{in{{n}}}}>"},{"key":"n","value":"1"},{"key":"in1","value":"x"})", "",
                       "<x>"},
           VariableRow{"{{$guid}} {{$timestamp}}", "", R"({"key":"a","value":""})", "00000000-0000-4000-8000-000000000000 1700000000"},
           VariableRow{"{{token}}", "", "", "{{token}}! maybe-placeholder #0 request.header X {{token}}\n"},
           VariableRow{"{{token}}", "", R"({"key":"other","value":""})", "{{token}}! placeholder #0 request.header X {{token}}\n"},
           VariableRow{"{{acess_token}}", "", R"({"key":"access_token","value":"t"})",
                       "{{acess_token}}! placeholder #0 request.header X {{acess_token}} (defined: access_token)\n"},
           VariableRow{"{{accessToken}}", R"({"key":"access_token","value":"t"})", "",
                       "{{accessToken}}! placeholder #0 request.header X {{accessToken}} (defined: access_token)\n"},
           VariableRow{"{{ token }}", R"({"key":"token","value":"t"})", "",
                       "{{ token }}! placeholder #0 request.header X {{ token }} (defined: token)\n"},
           VariableRow{"{{ nope }}", "", "", "{{ nope }}! placeholder #0 request.header X {{ nope }}\n"},
           VariableRow{"{{a}}", R"({"key":"a","value":"{{b}}"},{"key":"b","value":"{{a}}"})", "",
                       "{{b}}! placeholder #0 request.header X {{b}}\n"},
           VariableRow{"{{}} {{ {x} }} }}{{", "", R"({"key":"a","value":""})", "{{}} {{ {x} }} }}{{"},
       }) {
    const std::string text = collection(item(fmt::format(R"({{{},"header":[{{"key":"X","value":"{}"}}]}})", kGet, row.value)),
                                        fmt::format(R"(,"variable":[{}])", row.variables));
    std::string shown = read(text, row.environment.empty() ? "" : environment(row.environment));
    constexpr std::string_view kBefore = "#0    0\n> GET https://a.test/x\n> X: ";
    ASSERT_TRUE(shown.starts_with(kBefore)) << shown;
    shown.erase(0, kBefore.size());
    shown.erase(shown.find('\n'), 1);
    EXPECT_EQ(shown, row.expected) << row.value;
  }
}

TEST(ReadPostman, VariableSetByAScript_IsNoCertainPlaceholder) {
  const std::string text = collection(
      item(fmt::format(R"({{{},"header":[{{"key":"X","value":"{{{{late}}}}"}}]}})", kGet)) +
      R"(,{"event":[{"listen":"test","script":{"exec":["var a = 1;","pm.environment.set(\"late\", a);"]}}],"request":"https://a.test/"})");
  EXPECT_NE(read(text, environment("")).find("! maybe-placeholder #0 request.header X {{late}}\n"), std::string::npos)
      << read(text, environment(""));
}

TEST(ReadPostman, FolderVariables_WinInside) {
  const auto url = R"({"request":"https://a.test/{{v}}"})";
  EXPECT_EQ(read(collection(fmt::format(R"({{"item":[{}],"variable":[{{"key":"v","value":"in"}}]}},{})", url, url),
                            R"(,"variable":[{"key":"v","value":"out"}])")),
            "#0    0\n> GET https://a.test/in\n#1    0\n> GET https://a.test/out\n");
}

TEST(ReadPostman, VariablesInHelpersAndUrls_NameTheirPlace) {
  EXPECT_EQ(
      read(collection(item(R"({"url":"{{baseUrl}}/x?k={{key}}","auth":{"type":"basic","basic":{"username":"u","password":"{{pw}}"}}})")),
           environment("")),
      R"(#0    0
> GET {{baseurl}}/x?k={{key}}
> Authorization: Basic dTp7e3B3fX0=
! placeholder #0 request.url  {{key}}
! placeholder #0 request.url  {{baseUrl}}
! placeholder #0 request.header Authorization {{pw}}
@ #0 basic username=u password={{pw}}
)");
}

TEST(ReadPostman, GrowingVariables_AreBounded) {
  std::string variables = R"({"key":"v0","value":"xxxxxxxxxx"})";
  for (int i = 1; i < 19; ++i)
    variables += fmt::format(R"(,{{"key":"v{}","value":"{{{{v{}}}}}{{{{v{}}}}}{{{{v{}}}}}"}})", i, i - 1, i - 1, i - 1);
  const std::string one = item(R"({"url":"https://a.test/","header":[{"key":"X","value":"{{v18}}"}]})");
  const Read read = read_postman(collection(one, fmt::format(R"(,"variable":[{}])", variables)), "");
  ASSERT_TRUE(read);
  EXPECT_LE(read->exchanges.back().request->headers.value("X").size(), 96u * 1024);
}

TEST(ReadPostman, Body_IsSentByItsMode) {
  struct Row {
    std::string_view body, expected;
  };
  for (const Row& row : {
           Row{R"({"mode":"raw","raw":"{\"a\":1}","options":{"raw":{"language":"json"}}})",
               "> Content-Type: application/json\n>> {\"a\":1}\n"},
           Row{R"({"mode":"raw","raw":"x"})", ">> x\n"},
           Row{R"({"mode":"urlencoded","urlencoded":[{"key":"client secret","value":"a+b&c"},{"key":"off","value":"1","disabled":true}]})",
               "> Content-Type: application/x-www-form-urlencoded\n>> client+secret=a%2Bb%26c\n! disabled #0 request.body  off\n"},
           Row{R"({"mode":"urlencoded","urlencoded":"a=b"})", "> Content-Type: application/x-www-form-urlencoded\n>> a=b\n"},
           Row{R"({"mode":"formdata","formdata":[{"key":"a","value":"1","type":"text"},{"key":"f","type":"file","src":"x"}]})",
               "> Content-Type: multipart/form-data; boundary=quivive-form-boundary\n>> --quivive-form-boundary\r\nContent-Disposition: "
               "form-data; name=\"a\"\r\n\r\n1\r\n"
               "--quivive-form-boundary\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n\r\n--quivive-form-boundary--\r\n\n"},
           Row{R"({"mode":"graphql","graphql":{"query":"{ me }","variables":"{\"a\":1}"}})",
               "> Content-Type: application/json\n>> {\"query\":\"{ me }\",\"variables\":{\"a\":1}}\n"},
           Row{R"({"mode":"raw","raw":"x","disabled":true})", ""},
           Row{R"({"mode":"file","file":{"src":"x"}})", ""},
           Row{"null", ""},
       }) {
    EXPECT_EQ(read(collection(item(fmt::format(R"({{{},"body":{}}})", kGet, row.body)))),
              "#0    0\n> GET https://a.test/x\n" + std::string(row.expected))
        << row.body;
  }
}

TEST(ReadPostman, DisabledHeader_IsRemarkedUponAndNotSent) {
  EXPECT_EQ(read(collection(item(fmt::format(R"({{{},"header":[{{"key":"Authorization","value":"Bearer x","disabled":true}}]}})", kGet)))),
            "#0    0\n> GET https://a.test/x\n! disabled #0 request.header Authorization Authorization\n");
}

TEST(ReadPostman, Wrapper_IsTakenOff) {
  const std::string bare = collection(item("\"https://a.test/{{v}}\""));
  EXPECT_EQ(read(R"({"collection":)" + bare + "}", R"({"environment":{"values":[{"key":"v","value":"1"}]}})"),
            "#0    0\n> GET https://a.test/1\n");
  EXPECT_EQ(read("\xef\xbb\xbf" + bare, "\xef\xbb\xbf" + environment(R"({"key":"v","value":"1"})")), "#0    0\n> GET https://a.test/1\n");
}

TEST(ReadPostman, RunReport_HoldsWhatWasSent) {
  const Read read = read_postman(R"({"collection":{"item":[]},"run":{"executions":[{"item":{"name":"x"},
    "request":{"method":"GET","url":{"protocol":"https","host":["a","test"],"path":["x"]},"header":[{"key":"Authorization","value":"Bearer t"}],
               "auth":{"type":"bearer","bearer":[{"key":"token","value":"t"}]}},
    "response":{"code":401,"status":"Unauthorized","header":[],"stream":{"type":"Buffer","data":[110,111]}}},
    {"request":{"url":"https://down.test/","method":"GET"}}]}})",
                                 "");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(dump(*read), R"(postman "newman" 2 of 2
#0    0
> GET https://a.test/x
> Authorization: Bearer t
< 401 Unauthorized
<< no
#1    0
> GET https://down.test/
)");
}

TEST(ReadPostman, LongBodyOfAResponse_IsCut) {
  const std::string text =
      collection(item("\"https://a.test/\"", fmt::format(R"(,"response":[{{"code":200,"body":"{}"}}])", std::string(400'000, 'x'))));
  const Read read = read_postman(text, "");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->exchanges.front().response->body.size(), kMaxBodyKept);
  EXPECT_TRUE(read->exchanges.front().response->body_cut);
}

TEST(ReadPostman, Unreadable_SaysWhatWasExpected) {
  struct Row {
    std::string_view text, environment, message;
  };
  for (const Row& row : {
           Row{"{", "", "not JSON: "},
           Row{"[]", "", "a collection is a JSON object"},
           Row{"{}", "", "no list \"item\""},
           Row{R"({"id":"x","requests":[]})", "", "a collection of the old format v1; export it as v2.1"},
           Row{R"({"item":[]})", "{]", "the environment file: not JSON: "},
           Row{R"({"item":[]})", "[]", "the environment file: no list \"values\""},
           Row{R"({"item":[]})", R"({"values":{}})", "the environment file: no list \"values\""},
       }) {
    const Read read = read_postman(row.text, row.environment);
    ASSERT_FALSE(read) << row.text;
    EXPECT_EQ(read.error().format, Format::Postman);
    EXPECT_TRUE(read.error().message.starts_with(row.message)) << read.error().message;
  }
}

}  // namespace
}  // namespace quivive::diagnose
