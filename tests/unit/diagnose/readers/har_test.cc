#include "diagnose/reader.h"
#include "unit/diagnose/readers/dump.h"

#include "base/base64.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kWhole = static_cast<std::size_t>(-1);
constexpr std::string_view kChrome = R"({"name":"WebInspector","version":"537.36"})";

Read read_har(std::string_view text, std::size_t piece = kWhole) {
  HarReader reader;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    const std::string copy(text.substr(0, piece));  // so that a view kept from it is seen by the sanitizer
    if (const auto fed = reader.feed(copy); !fed) return fed.error();
  }
  return reader.finish();
}

std::string har_with(std::string_view entries, std::string_view creator = R"({"name":"Firefox","version":"136.0"})") {
  return fmt::format(R"({{"log":{{"version":"1.2","creator":{},"pages":[{{"id":"page_1"}}],"entries":[{}]}}}})", creator, entries);
}

Exchange first_of(std::string_view entry) {
  const Read read = read_har(har_with(entry));
  EXPECT_TRUE(read) << read.error().message;
  return read && !read->exchanges.empty() ? read->exchanges.front() : Exchange{};
}

TEST(HarReader, ChromeEntry_IsReadWhole) {
  const Read read = read_har(har_with(R"({
    "_initiator":{"type":"script","stack":{"callFrames":[{"url":"https://app.example.com/main.js","lineNumber":1}],"parent":{"callFrames":[]}}},
    "_priority":"High","_resourceType":"xhr","cache":{},"connection":"7071","pageref":"page_1",
    "request":{"method":"GET","url":"https://api.example.com/v1/me?a=1","httpVersion":"http/2.0",
      "headers":[{"name":":authority","value":"api.example.com"},{"name":":method","value":"GET"},{"name":":path","value":"/v1/me?a=1"},
                 {"name":":scheme","value":"https"},{"name":"accept","value":"*/*"},{"name":"authorization","value":"Bearer abc"}],
      "queryString":[{"name":"a","value":"1"}],"cookies":[],"headersSize":-1,"bodySize":0},
    "response":{"status":401,"statusText":"","httpVersion":"http/2.0",
      "headers":[{"name":":status","value":"401"},{"name":"www-authenticate","value":"Bearer error=\"invalid_token\""}],
      "cookies":[],"content":{"size":13,"mimeType":"application/json","text":"{\"no\":\"good\"}"},"redirectURL":"","_transferSize":431,"_error":null},
    "serverIPAddress":"203.0.113.20","startedDateTime":"2025-03-27T09:00:00.250Z","time":120.25,"timings":{"blocked":2.1,"dns":-1}})",
                                      kChrome));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(dump(*read), R"(har "WebInspector 537.36" 1 of 1
#0 xhr 7071 203.0.113.20 1743066000250
> GET https://api.example.com/v1/me?a=1 HTTP/2
> target /v1/me?a=1
> accept: */*
> authorization: Bearer abc
< 401 HTTP/2
< www-authenticate: Bearer error="invalid_token"
<< {"no":"good"}
)");
}

TEST(HarReader, AnyPieces_GiveTheSameCapture) {
  const std::string text =
      "\xef\xbb\xbf" + har_with(R"({"startedDateTime":"2025-03-27T10:00:00+01:00","request":{"method":"POST","url":"https://a.test/\u00e9",
    "headers":[{"name":"X","value":"\ud83d\ude00 \ud83d"}],"postData":{"mimeType":"text/plain","text":"a\"\\b"}},
    "response":{"status":200,"headers":[],"content":{"text":"aGkhIQ==","encoding":"base64","mimeType":"text/plain"}}})",
                                kChrome);
  const Read whole = read_har(text);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_NE(dump(*whole).find("<< hi!!\n"), std::string::npos) << dump(*whole);
  for (std::size_t piece = 1; piece < 40; ++piece) {
    const Read pieces = read_har(text, piece);
    ASSERT_TRUE(pieces) << piece;
    EXPECT_EQ(dump(*pieces), dump(*whole)) << piece;
  }
}

TEST(HarReader, CreatorAndVersion_AreTheTool) {
  EXPECT_EQ(read_har(har_with("", R"({"name":"mitmproxy","version":"11.0.2"})"))->tool, "mitmproxy 11.0.2");
  EXPECT_EQ(read_har(har_with("", R"({"name":"Insomnia"})"))->tool, "Insomnia");
  EXPECT_EQ(read_har(har_with("", "null"))->tool, "");
  EXPECT_EQ(read_har(har_with("", "\"odd\""))->tool, "");
  EXPECT_EQ(read_har(R"({"log":{"entries":[],"creator":{"version":"1","name":"Late"}}})")->tool, "Late 1");
}

TEST(HarReader, ChromeWithoutAnyCredentials_HidesThem) {
  constexpr std::string_view bare = R"({"request":{"method":"GET","url":"https://a.test/","headers":[{"name":"accept","value":"*/*"}]}})";
  EXPECT_TRUE(read_har(har_with(bare, kChrome))->credentials_hidden);
  EXPECT_FALSE(read_har(har_with(bare))->credentials_hidden);  // Firefox takes nothing out
  EXPECT_FALSE(read_har(har_with(bare, R"({"name":"WebKit Web Inspector","version":"1.0"})"))->credentials_hidden);
  for (const std::string_view shows : {
           R"({"request":{"headers":[{"name":"Authorization","value":"Bearer x"}]}})",
           R"({"request":{"headers":[{"name":"cookie","value":"a=b"}]}})",
           R"({"request":{"headers":[],"cookies":[{"name":"a","value":"b"}]}})",
           R"({"response":{"status":200,"headers":[{"name":"set-cookie","value":"a=b"}]}})",
           R"({"response":{"status":200,"headers":[],"cookies":[{"name":"a","value":"b"}]}})",
       }) {
    EXPECT_FALSE(read_har(har_with(fmt::format("{},{},{}", bare, shows, bare), kChrome))->credentials_hidden) << shows;
  }
}

struct DialectRow {
  std::string_view what, entry, exchange;
};

const DialectRow kRequests[] = {
    {"no :authority but a URL", R"({"request":{"method":"GET","url":"https://a.test/x","httpVersion":"h3","headers":[]}})",
     "> GET https://a.test/x HTTP/3\n"},
    {"no URL but pseudo-fields",
     R"({"request":{"method":"GET","headers":[{"name":":authority","value":"a.test:8443"},{"name":":scheme","value":"https"},{"name":":path","value":"/x?y"}]}})",
     "> GET https://a.test:8443/x?y\n> target /x?y\n"},
    {"another authority than the URL's",
     R"({"request":{"method":"GET","url":"https://10.0.0.1/","headers":[{"name":":authority","value":"a.test"}]}})",
     "> GET https://10.0.0.1/\n> host: a.test\n"},
    {"the authority with its port",
     R"({"request":{"method":"GET","url":"https://a.test/","headers":[{"name":":authority","value":"A.test:443"}]}})",
     "> GET https://a.test/\n"},
    {"cookies only in the array",
     R"({"request":{"method":"GET","url":"http://a.test/","headers":[],"cookies":[{"name":"sid","value":"1"},{"name":"p","value":"2=3"}]}})",
     "> GET http://a.test/\n> Cookie: sid=1; p=2=3\n"},
    {"cookies in both",
     R"({"request":{"method":"GET","url":"http://a.test/","headers":[{"name":"Cookie","value":"sid=1"}],"cookies":[{"name":"sid","value":"1"}]}})",
     "> GET http://a.test/\n> Cookie: sid=1\n"},
    {"a line feed in a request stays",
     R"({"request":{"method":"GET","url":"http://a.test/","headers":[{"name":"Authorization","value":"Bearer x\n"}]}})",
     "> GET http://a.test/\n> Authorization: Bearer x\n\n"},
    {"postData.params without text",
     R"({"request":{"method":"POST","url":"http://a.test/","headers":[],"postData":{"mimeType":"application/x-www-form-urlencoded",
         "params":[{"name":"client id","value":"a&b=c+d"},{"name":"x","value":"%41"}]}}})",
     "> POST http://a.test/\n> Content-Type: application/x-www-form-urlencoded\n>> client+id=a%26b%3Dc%2Bd&x=%41\n"},
    {"text and params",
     R"({"request":{"method":"POST","url":"http://a.test/","headers":[{"name":"content-type","value":"text/plain"}],
         "postData":{"mimeType":"text/plain","text":"raw","params":[{"name":"a","value":"b"}]}}})",
     "> POST http://a.test/\n> content-type: text/plain\n>> raw\n"},
    {"a query beside its URL",
     R"({"request":{"method":"GET","url":"http://a.test/x","headers":[],"queryString":[{"name":"access_token","value":"a b"}]}})",
     "> GET http://a.test/x?access_token=a+b\n"},
    {"a CONNECT",
     R"({"request":{"method":"CONNECT","url":"api.test:443","httpVersion":"HTTP/1.1","headers":[]},"response":{"status":407,"headers":[]}})",
     "> CONNECT api.test:443/ HTTP/1.1\n< 407\n"},
    {"a data: URL", R"({"request":{"method":"GET","url":"data:image/png;base64,iVBORw0KGgo=","headers":[]}})",
     "> GET data:image/png;base64\n"},
};

const DialectRow kResponses[] = {
    {"Set-Cookie only in the array",
     R"({"response":{"status":200,"headers":[],"cookies":[{"name":"sid","value":"1","path":"/","domain":".a.test","expires":"2025-05-06T09:00:00.000Z",
         "httpOnly":true,"secure":true,"sameSite":"Lax"},{"name":"b","value":"","expires":null,"httpOnly":false}]}})",
     "< 200\n< Set-Cookie: sid=1; Path=/; Domain=.a.test; Expires=Tue, 06 May 2025 09:00:00 GMT; Secure; HttpOnly; SameSite=Lax\n< "
     "Set-Cookie: b=\n"},
    {"several lines in one", R"({"response":{"status":200,"headers":[{"name":"set-cookie","value":"a=1\nb=2"}]}})",
     "< 200\n< set-cookie: a=1\n< set-cookie: b=2\n"},
    {"Chrome's failure",
     R"({"request":{"method":"GET","url":"http://a.test/","headers":[]},"response":{"status":0,"statusText":"","headers":[],"_error":"net::ERR_FAILED"}})",
     "> GET http://a.test/\n* net::ERR_FAILED\n"},
    {"Playwright's failure", R"({"response":{"status":-1,"headers":[],"_failureText":"net::ERR_ABORTED"}})", "* net::ERR_ABORTED\n"},
    {"Firefox, blocked by CORS",
     R"({"request":{"method":"GET","url":"http://a.test/","headers":[]},"response":{"status":0,"headers":[]},"_securityState":"insecure"})",
     "> GET http://a.test/\n"},
    {"a redirect without Location", R"({"response":{"status":302,"headers":[],"redirectURL":"/login"}})", "< 302\n< Location: /login\n"},
    {"a redirect with Location", R"({"response":{"status":302,"headers":[{"name":"location","value":"/a"}],"redirectURL":"/login"}})",
     "< 302\n< location: /a\n"},
    {"numbers for texts", R"({"connection":443,"response":{"status":"401","headers":[{"name":"Age","value":12}]}})", "< 401\n< Age: 12\n"},
    {"members that come twice",
     R"({"response":{"status":200,"status":401,"headers":[{"name":"A","value":"1"}],"headers":[{"name":"B","value":"2"}]}})",
     "< 401\n< B: 2\n"},
    {"parts that are missing",
     R"({"request":{},"response":{"status":200,"headers":[{"name":"A"},{"value":"b"}],"content":null,"cookies":""}})",
     ">  \n< 200\n< A: \n"},
    {"bytes that are not UTF-8", "{\"response\":{\"status\":200,\"statusText\":\"\xff\",\"headers\":[]}}", "< 200 \xff\n"},
    {"a number beyond all bounds", R"({"time":1e999,"response":{"status":1e30,"headers":[]}})", ""},
    {"nothing at all", R"({})", ""},
};

TEST(HarReader, Recorders_MeanTheSameRequest) {
  for (const DialectRow& row : kRequests) EXPECT_EQ(dump(first_of(row.entry)), row.exchange) << row.what;
  EXPECT_TRUE(first_of(R"({"request":{"method":"CONNECT","url":"api.test:443"}})").to_proxy);
}

TEST(HarReader, Recorders_MeanTheSameResponse) {
  for (const DialectRow& row : kResponses) EXPECT_EQ(dump(first_of(row.entry)), row.exchange) << row.what;
}

TEST(HarReader, Content_IsDecodedWhereItIsText) {
  const auto body = [](std::string_view content) {
    const Response response = *first_of(fmt::format(R"({{"response":{{"status":200,"headers":[],"content":{{{}}}}}}})", content)).response;
    return response.body + (response.body_cut ? " (cut)" : "");
  };
  EXPECT_EQ(body(R"("mimeType":"application/json; charset=utf-8","text":"eyJhIjoxfQ==","encoding":"base64")"), R"({"a":1})");
  EXPECT_EQ(body(R"("encoding":"base64","mimeType":"text/html","text":"PGI+\nPC9iPg")"), "<b></b>");
  EXPECT_EQ(body(R"("encoding":"base64","mimeType":"image/png","text":"iVBORw0KGgo=")"), " (cut)");
  EXPECT_EQ(body(R"("encoding":"base64","mimeType":"text/plain","text":"not base64!")"), "not base64!");
  EXPECT_EQ(body(R"("mimeType":"image/svg+xml","text":"<svg/>")"), "<svg/>");
  EXPECT_EQ(body(R"("mimeType":"text/plain","text":"")"), "");
}

TEST(HarReader, LongBody_IsCutWithinItsBounds) {
  const std::string letters(3 * kMaxBodyKept, 'x');
  const std::string text = har_with(fmt::format(
      R"({{"request":{{"method":"POST","url":"http://a.test/","headers":[],"postData":{{"mimeType":"text/plain","text":"{}"}}}},
          "response":{{"status":200,"headers":[],"content":{{"text":"{}","encoding":"base64","mimeType":"text/plain"}}}}}})",
      letters, base64_encode(letters)));
  for (const std::size_t piece : {std::size_t{1000}, kWhole}) {
    const Read read = read_har(text, piece);
    ASSERT_TRUE(read);
    const Exchange& exchange = read->exchanges.front();
    EXPECT_EQ(exchange.request->body, letters.substr(0, kMaxBodyKept));
    EXPECT_TRUE(exchange.request->body_cut);
    EXPECT_EQ(exchange.response->body, letters.substr(0, kMaxBodyKept));
    EXPECT_TRUE(exchange.response->body_cut);
  }
  std::string euros;  // three bytes each: not cut within one
  while (euros.size() <= kMaxBodyKept) euros += "\xe2\x82\xac";
  const Exchange exchange = first_of(fmt::format(R"({{"response":{{"status":200,"headers":[],"content":{{"text":"{}"}}}}}})", euros));
  EXPECT_EQ(exchange.response->body, euros.substr(0, kMaxBodyKept / 3 * 3));
}

TEST(HarReader, HugeEntry_IsBounded) {
  std::string fields;
  for (int i = 0; i < 5000; ++i) fields += fmt::format(R"({}{{"name":"X-{}","value":"{}"}})", i == 0 ? "" : ",", i, std::string(1000, 'v'));
  const Exchange exchange = first_of(fmt::format(R"({{"request":{{"method":"GET","url":"http://a.test/","headers":[{}]}}}})", fields));
  std::size_t bytes = 0;
  for (const HeaderField& field : exchange.request->headers.all()) bytes += field.value.size();
  EXPECT_GT(bytes, 200'000u);
  EXPECT_LE(bytes, 256u * 1024);
  const Exchange url =
      first_of(fmt::format(R"({{"request":{{"method":"GET","url":"http://a.test/{}","headers":[]}}}})", std::string(200'000, 'p')));
  EXPECT_LE(url.request->url.path.size(), 64u * 1024);
}

TEST(HarReader, Started_NeedsItsOffset) {
  struct Row {
    std::string_view text;
    std::int64_t milliseconds;  // 0: none
  };
  for (const Row& row : {
           Row{"2025-03-27T09:00:00.000Z", 1743066000000},
           Row{"2025-03-27T10:00:00.123456+01:00", 1743066000123},
           Row{"2025-03-27T04:30:00.1234567-0430", 1743066000123},
           Row{"2025-03-27 09:00:00.5Z", 1743066000500},
           Row{"2025-03-27T09:00Z", 1743066000000},
           Row{"2025-03-27T09:00:00.000", 0},
           Row{"2025-02-30T09:00:00Z", 0},
           Row{"2025-03-27", 0},
           Row{"27 March 2025", 0},
           Row{"", 0},
           Row{"2025-03-27T09:00:00Zx", 0},
           Row{"2025-03-27T25:00:00Z", 0},
       }) {
    const auto started = first_of(fmt::format(R"({{"startedDateTime":"{}"}})", row.text)).started;
    EXPECT_EQ(started ? started->time_since_epoch().count() : 0, row.milliseconds) << row.text;
  }
}

TEST(HarReader, ResourceType_IsFoundInFieldsToo) {
  struct Row {
    std::string_view entry, type;
  };
  for (const Row& row : {
           Row{R"({"_resourceType":"XHR","request":{"headers":[{"name":"sec-fetch-dest","value":"image"}]}})", "xhr"},
           Row{R"({"request":{"headers":[{"name":"Sec-Fetch-Dest","value":"websocket"}]}})", "websocket"},
           Row{R"({"request":{"headers":[{"name":"sec-fetch-dest","value":"empty"}]}})", "fetch"},
           Row{R"({"request":{"method":"OPTIONS","headers":[{"name":"Access-Control-Request-Method","value":"PUT"}]}})", "preflight"},
           Row{R"({"request":{"method":"OPTIONS","headers":[]}})", ""},
       }) {
    EXPECT_EQ(first_of(row.entry).resource_type, row.type) << row.entry;
  }
}

TEST(HarReader, OrderOfTheFile_IsKept) {
  const Read read = read_har(har_with(R"({"startedDateTime":"2025-03-27T09:00:02Z"},{"startedDateTime":"2025-03-27T09:00:01Z"})"));
  ASSERT_EQ(read->exchanges.size(), 2u);
  EXPECT_EQ(read->exchanges[1].index, 1u);
  EXPECT_GT(*read->exchanges[0].started, *read->exchanges[1].started);
}

TEST(HarReader, BrokenFile_SaysWhereAndWhatWasExpected) {
  struct Row {
    std::string text;
    std::size_t offset;
    std::string_view message;
  };
  const std::string whole = har_with(R"({"request":{"method":"GET","url":"/","headers":[]}},{"request":{"method":"GET"}})");
  const std::size_t second = whole.rfind("{\"request");
  for (const Row& row : {
           Row{whole.substr(0, second + 20), second + 20, "the file ends within entry 2; export it again"},
           Row{whole.substr(0, second), second, "the file ends within log.entries, after entry 1; export it again"},
           Row{whole.substr(0, whole.size() - 1), whole.size() - 1, "the file ends within the document; export it again"},
           Row{"", 0, "the file ends within the document; export it again"},
           Row{whole + "\n{}", whole.size() + 1, "more text after the end of the HAR; nothing was expected there"},
           Row{"{}", 2, "no member \"log\"; a HAR is {\"log\": {\"entries\": […]}}"},
           Row{R"({"log":{"version":"1.2"}})", 25, "no log.entries; a HAR lists its requests there"},
           Row{R"({"log":{"entries":null}})", 24, "no log.entries; a HAR lists its requests there"},
           Row{R"([])", 0, "the document is an array where an object was expected"},
           Row{R"({"log":[]})", 7, "log is an array where an object was expected"},
           Row{R"({"log":{"entries":{}}})", 18, "log.entries is an object where an array was expected"},
           Row{R"({"log":{"entries":[[]]}})", 19, "entry 1 is an array where an object was expected"},
           Row{R"({"log":{"entries":[{},"x"]}})", 24, "entry 2 is a string where an object was expected"},
           Row{R"({"log":{"entries":[{"request":"GET /"}]}})", 36, "request of entry 1 is a string where an object was expected"},
           Row{R"({"log":{"entries":[{},{"request":{"headers":{}}}]}})", 44,
               "request.headers of entry 2 is an object where an array was expected"},
           Row{R"({"log":{"entries":[{"response":{"headers":["a: b"]}}]}})", 48,
               "a header of the response of entry 1 is a string where an object was expected"},
           Row{R"({"log":{"entries":[{"response":{,}}]}})", 32, "not JSON: syntax error, in entry 1"},
       }) {
    for (const std::size_t piece : {std::size_t{1}, kWhole}) {
      const Read read = read_har(row.text, piece);
      ASSERT_FALSE(read) << row.text;
      EXPECT_EQ(read.error().format, Format::Har);
      EXPECT_EQ(read.error().message, row.message);
      EXPECT_EQ(read.error().offset, row.offset) << row.text << " in pieces of " << piece;
    }
  }
}

TEST(HarReader, DeepNesting_IsSkippedOrRefused) {
  const auto nested = [](std::size_t depth) {
    return har_with(fmt::format(R"({{"_initiator":{}{}}})", std::string(depth, '['), std::string(depth, ']')));
  };
  EXPECT_TRUE(read_har(nested(400)));
  const Read deep = read_har(nested(100'000));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().message, "nested deeper than 512 levels in entry 1");
}

}  // namespace
}  // namespace quivive::diagnose
