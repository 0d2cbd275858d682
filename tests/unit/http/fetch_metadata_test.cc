#include "http/fetch_metadata.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace quivive::http {
namespace {

using Lines = std::vector<std::pair<std::string_view, std::string_view>>;

// A request of those field lines; the views are of the test's literals.
class Sent {
 public:
  Sent(std::string_view method, const Lines& lines) {
    for (const auto& [name, value] : lines) fields_.push_back({name, value, field_id(name)});
    view_ = {method, "/", 1, fields_};
  }
  Sent(const Sent&) = delete;
  operator const RequestView&() const { return view_; }

 private:
  std::vector<Field> fields_;
  RequestView view_;
};

std::string describe(const Lines& lines) {
  std::string out;
  for (const auto& [name, value] : lines) out += std::string(name) + ": " + std::string(value) + "\n";
  return out;
}

constexpr std::string_view kChromeAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

TEST(SafeMethod, OnlyTheFour_AreSafe) {
  for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "TRACE"}) EXPECT_TRUE(is_safe_method(method)) << method;
  for (const std::string_view method : {"POST", "PUT", "PATCH", "DELETE", "CONNECT", "get", "", "PROPFIND", "GETX"}) EXPECT_FALSE(is_safe_method(method)) << method;
}

TEST(Navigation, KindOfRequest_IsRecognised) {
  struct Row {
    std::string_view method;
    Lines lines;
    bool navigation, script;
  };
  const Row rows[] = {
      {"GET", {{"Sec-Fetch-Mode", "navigate"}}, true, false},
      {"POST", {{"Sec-Fetch-Mode", "navigate"}}, true, false},
      {"GET", {{"Sec-Fetch-Mode", "navigate"}, {"Accept", "application/json"}}, true, false},
      {"GET", {{"Sec-Fetch-Mode", "navigate"}, {"X-Requested-With", "XMLHttpRequest"}}, true, false},
      {"GET", {{"Sec-Fetch-Mode", "cors"}, {"Accept", "text/html"}}, false, true},
      {"GET", {{"Sec-Fetch-Mode", "same-origin"}}, false, true},
      {"GET", {{"Sec-Fetch-Mode", "no-cors"}, {"Accept", kChromeAccept}}, false, true},
      {"GET", {{"Sec-Fetch-Mode", "websocket"}}, false, true},
      {"GET", {{"Sec-Fetch-Mode", ""}, {"Accept", "text/html"}}, false, true},
      {"GET", {{"Sec-Fetch-Mode", "Navigate"}}, false, true},
      {"GET", {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Mode", "cors"}}, false, true},
      {"GET", {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Mode", "navigate"}}, false, true},
      // Browsers without Fetch Metadata, or over plain http.
      {"GET", {{"Accept", kChromeAccept}}, true, false},
      {"HEAD", {{"Accept", kChromeAccept}}, true, false},
      {"POST", {{"Accept", kChromeAccept}}, false, false},
      {"GET", {{"Accept", "text/html, application/xhtml+xml, */*"}}, true, false},  // Internet Explorer
      {"GET", {{"Accept", "text/html, text/plain, text/css, application/xhtml+xml, */*;q=0.01"}}, true, false},  // lynx
      {"GET", {{"Accept", "image/png"}, {"Accept", "text/html"}}, true, false},
      {"GET", {{"Accept", "text/html, application/json"}}, true, false},
      {"GET", {{"Accept", kChromeAccept}, {"X-Requested-With", "com.example.app"}}, true, false},  // Android's WebView
      {"GET", {{"Accept", "text/html, */*; q=0.01"}, {"X-Requested-With", "XMLHttpRequest"}}, false, true},  // jQuery
      {"POST", {{"X-Requested-With", "xmlhttprequest"}}, false, true},
      {"GET", {{"Origin", "https://app.example"}, {"Accept", "*/*"}}, false, true},  // fetch() elsewhere
      {"POST", {{"Origin", "https://a.example"}, {"Accept", "application/json, text/plain, */*"}}, false, true},
      {"POST", {{"Origin", "null"}}, false, true},
      {"POST", {{"Origin", "https://a.example"}, {"Accept", kChromeAccept}}, false, false},  // a form
      {"GET", {{"Origin", "https://app.example"}, {"Accept", kChromeAccept}}, true, false},
      {"POST", {{"Sec-Fetch-Mode", "navigate"}, {"Origin", "https://a.example"}}, true, false},
      // Programs.
      {"GET", {}, false, false},
      {"GET", {{"Accept", "*/*"}}, false, false},
      {"GET", {{"Accept", ""}}, false, false},
      {"GET", {{"Accept", "text/*"}}, false, false},
      {"GET", {{"Accept", "application/json, text/plain, */*"}}, false, false},
      {"GET", {{"Accept", "application/json, text/html;q=0.5"}}, false, false},
      {"GET", {{"Accept", "text/html;q=0, */*"}}, false, false},
  };
  for (const Row& row : rows) {
    const Sent request(row.method, row.lines);
    EXPECT_EQ(is_navigation(request), row.navigation) << row.method << "\n" << describe(row.lines);
    EXPECT_EQ(is_browser_script(request), row.script) << row.method << "\n" << describe(row.lines);
  }
}

void expect_site(Site site, std::string_view host, std::initializer_list<Lines> requests) {
  for (const Lines& lines : requests) EXPECT_EQ(request_site(Sent("POST", lines), host), site) << "Host: " << host << "\n" << describe(lines);
}

TEST(RequestSite, SecFetchSite_Decides) {
  expect_site(Site::Same, "a.example", {{{"Sec-Fetch-Site", "same-origin"}}, {{"Sec-Fetch-Site", "none"}}, {{"sec-fetch-site", "same-origin"}, {"Origin", "https://a.example"}},
                                        {{"Sec-Fetch-Site", "none"}, {"Origin", "https://a.example"}},
                                        // Referrer-Policy: no-referrer; a proxy that rewrote Host.
                                        {{"Sec-Fetch-Site", "same-origin"}, {"Origin", "null"}}, {{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://public.example"}}});
  expect_site(Site::Cross, "a.example", {{{"Sec-Fetch-Site", "same-site"}}, {{"Sec-Fetch-Site", "cross-site"}}, {{"Sec-Fetch-Site", ""}}, {{"Sec-Fetch-Site", "Same-Origin"}},
                                         {{"Sec-Fetch-Site", "same-origin, none"}}, {{"Sec-Fetch-Site", "same-origin;x"}},
                                         {{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://a.example"}}, {{"Sec-Fetch-Site", "same-site"}, {"Referer", "https://a.example/"}}});
}

TEST(RequestSite, ContradictoryOrDoubledFields_AreCross) {
  expect_site(Site::Cross, "a.example", {{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "same-origin"}},
                                         {{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}},
                                         {{"Origin", "https://a.example"}, {"Origin", "https://a.example"}},
                                         {{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://a.example"}, {"Origin", "https://evil.example"}},
                                         {{"Sec-Fetch-Site", "none"}, {"Origin", "https://evil.example"}},
                                         {{"Sec-Fetch-Site", "none"}, {"Origin", "null"}},
                                         {{"Referer", "https://a.example/"}, {"Referer", "https://a.example/"}}});
}

TEST(RequestSite, Origin_IsComparedWithHost) {
  struct Row {
    std::string_view origin, host;
    Site site;
  };
  for (const Row& row : {
           Row{"https://a.example", "a.example", Site::Same}, Row{"http://a.example", "a.example", Site::Same}, Row{"HTTPS://A.Example", "a.eXample", Site::Same},
           Row{"https://a.example:443", "a.example", Site::Same}, Row{"https://a.example", "a.example:443", Site::Same}, Row{"https://a.example", "a.example:80", Site::Same},
           Row{"http://127.0.0.1:8080", "127.0.0.1:8080", Site::Same}, Row{"http://[::1]:8080", "[::1]:8080", Site::Same},
           Row{"https://a.example:8443", "a.example", Site::Cross}, Row{"https://a.example", "a.example:8443", Site::Cross}, Row{"http://a.example:8080", "a.example:8081", Site::Cross},
           Row{"https://evil.example", "a.example", Site::Cross}, Row{"https://x.a.example", "a.example", Site::Cross}, Row{"https://example", "a.example", Site::Cross},
           Row{"https://a.example.evil.example", "a.example", Site::Cross}, Row{"https://a.example.", "a.example", Site::Cross},
           Row{"null", "a.example", Site::Cross}, Row{"null", "null", Site::Cross}, Row{"", "a.example", Site::Cross}, Row{"", "", Site::Cross}, Row{"https://", "", Site::Cross},
           Row{"https://a.example/", "a.example", Site::Cross}, Row{"https://a.example@evil.example", "a.example", Site::Cross},
           Row{"https://evil.example\\@a.example", "a.example", Site::Cross}, Row{"https://a.example https://a.example", "a.example", Site::Cross},
           Row{"https://a.example, https://a.example", "a.example", Site::Cross}, Row{"ftp://a.example", "a.example", Site::Cross}, Row{"chrome-extension://a.example", "a.example", Site::Cross},
           Row{"a.example", "a.example", Site::Cross}, Row{"//a.example", "a.example", Site::Cross}, Row{"https://a.example", "", Site::Cross},
           Row{"https://a.example", "a.example, a.example", Site::Cross}, Row{"https://a.example:0", "a.example", Site::Cross},
       }) {
    expect_site(row.site, row.host, {{{"Origin", row.origin}}, {{"Origin", row.origin}, {"Referer", "https://a.example/"}}});
  }
}

TEST(RequestSite, Referer_OnlySaysCross) {
  expect_site(Site::Unsaid, "a.example", {{}, {{"Accept", "*/*"}}, {{"Referer", "https://a.example/login?x=y"}}, {{"Referer", "https://a.example"}}, {{"Referer", "http://a.example:80/?q"}}});
  expect_site(Site::Cross, "a.example", {{{"Referer", "https://evil.example/"}}, {{"Referer", "https://evil.example/?https://a.example/"}}, {{"Referer", "https://a.example.evil.example/"}},
                                         {{"Referer", "https://a.example@evil.example/"}}, {{"Referer", "https://a.example:8443/"}}, {{"Referer", ""}}, {{"Referer", "/login"}},
                                         {{"Referer", "about:blank"}}, {{"Referer", "android-app://a.example/"}}, {{"Referer", "https://evil.example\\@a.example/"}},
                                         {{"Referer", "evil://https://a.example/"}}, {{"Referer", "https://u@a.example/"}}});
}

// A WebSocket handshake is a GET; browsers send Origin with every one of them.
TEST(RequestSite, WebSocketHandshake_IsJudgedByOrigin) {
  const Lines handshake = {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Origin", "https://evil.example"}};
  EXPECT_EQ(request_site(Sent("GET", handshake), "a.example"), Site::Cross);
  EXPECT_EQ(request_site(Sent("GET", handshake), "evil.example"), Site::Same);
}

}  // namespace
}  // namespace quivive::http
