#include "unit/diagnose/rules/har_text.h"
#include "unit/diagnose/rules/rows.h"

#include "diagnose/rules/cookie_jar_detail.h"

namespace quivive::diagnose::rows {
namespace {

constexpr std::string_view kCookieCodes =
    "fetch-no-credentials cookie-samesite cookie-secure-http cookie-domain-path cookie-expired cookie-partitioned csrf-as-401 "
    "ws-sse-img-no-header stale-browser-basic";
constexpr std::string_view kChrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36";

HarFields with(HarFields fields, HarFields more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}

HarEntry login(std::string url, std::string cookie, HarFields request = {}) {
  return {.method = "POST",
          .url = std::move(url),
          .request = with({{"User-Agent", std::string(kChrome)}}, std::move(request)),
          .response = {{"Date", "Sat, 01 Mar 2025 12:00:00 GMT"}, {"Set-Cookie", std::move(cookie)}},
          .body = "{}"};
}
HarEntry har_refused(std::string url, HarFields request = {}, HarFields response = {}, std::string date = "Sat, 01 Mar 2025 12:10:00 GMT") {
  return {.url = std::move(url),
          .request = with({{"User-Agent", std::string(kChrome)}}, std::move(request)),
          .response = with({{"Date", std::move(date)}}, std::move(response)),
          .status = 401,
          .body = "{\"message\":\"no\"}"};
}

Row row(std::string name, std::vector<HarEntry> entries, std::string verdict, std::string absent = {}) {
  return {std::move(name), Format::Har, har_text(entries), std::move(verdict), {}, std::move(absent)};
}

TEST(CookieRules, Har_WhyItWasNotSent) {
  const HarFields cross = {
      {"Origin", "https://app.test"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "cors"}, {"Sec-Fetch-Dest", "empty"}};
  const HarFields sibling = {{"Origin", "https://app.shop.test"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Mode", "cors"}};
  const std::string site = "https://www.shop.test";
  check({
      row("path", {login(site + "/auth/login", "session=0a1b2c3d4e5f; Path=/auth; HttpOnly"), har_refused(site + "/api/me")},
          "cookie-domain-path certain"),
      row("no path", {login(site + "/auth/login", "session=0a1b2c3d4e5f; HttpOnly"), har_refused(site + "/api/me")},
          "cookie-domain-path certain"),
      row("host only", {login("https://auth.shop.test/login", "session=0a1b2c3d4e5f; Path=/"), har_refused("https://api.shop.test/me")},
          "cookie-domain-path certain"),
      row("another domain",
          {login("https://api.shop.test/login", "session=0a1b2c3d4e5f; Path=/; Domain=auth.shop.test"),
           har_refused("https://api.shop.test/me")},
          "cookie-domain-path certain"),
      row("__Host- with Domain",
          {login(site + "/login", "__Host-session=0a1b2c3d4e5f; Path=/; Secure; Domain=shop.test"), har_refused(site + "/api/me")},
          "cookie-domain-path certain"),
      row("another site's cookie", {login("https://other.test/login", "session=0a1b2c3d4e5f; Path=/"), har_refused(site + "/api/me")}, "",
          std::string(kCookieCodes)),
      row("Secure, set over http",
          {login("http://www.shop.test/login", "session=0a1b2c3d4e5f; Path=/; Secure"), har_refused("http://www.shop.test/api/me")},
          "cookie-secure-http certain"),
      row("Secure, asked over http",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Secure"), har_refused("http://www.shop.test/api/me")},
          "cookie-secure-http certain"),
      row("Secure on localhost",
          {login("http://localhost:3000/login", "session=0a1b2c3d4e5f; Path=/; Secure"), har_refused("http://localhost:3000/api/me")}, "",
          "cookie-secure-http"),
      row("Strict", {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Secure; SameSite=Strict"), har_refused(site + "/api/me", cross)},
          "cookie-samesite certain"),
      row("unset", {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Secure"), har_refused(site + "/api/me", cross)},
          "cookie-samesite certain"),
      row("None without Secure",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; SameSite=None"), har_refused(site + "/api/me", cross)},
          "cookie-samesite certain"),
      row("Lax, set from another site",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; SameSite=Lax", cross), har_refused(site + "/api/me", cross)},
          "cookie-samesite certain"),
      row("Lax, same site",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Domain=shop.test; SameSite=Lax"), har_refused(site + "/api/me", sibling)},
          "fetch-no-credentials probable", "cookie-samesite"),
      row("expired", {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Max-Age=300"), har_refused(site + "/api/me")},
          "cookie-expired certain"),
      row("expired by date",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Expires=Sat, 01-Mar-2025 12:05:00 GMT"), har_refused(site + "/api/me")},
          "cookie-expired certain"),
      row("deleted",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/"), login(site + "/logout", "session=; Path=/; Max-Age=0"),
           har_refused(site + "/api/me")},
          "cookie-expired certain"),
      row("not yet expired",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Max-Age=3600"),
           har_refused(site + "/api/me", {{"Cookie", "session=0a1b2c3d4e5f"}})},
          "", std::string(kCookieCodes)),
      row("third party",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Secure; SameSite=None", cross),
           har_refused(site + "/api/me", cross, {{"Access-Control-Allow-Credentials", "true"}})},
          "cookie-partitioned probable"),
      row("third party, in a frame",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Secure; SameSite=None"),
           har_refused(site + "/embed", {{"Sec-Fetch-Site", "cross-site"},
                                         {"Sec-Fetch-Mode", "navigate"},
                                         {"Sec-Fetch-Dest", "iframe"},
                                         {"Referer", "https://app.test/"}})},
          "cookie-partitioned probable"),
      row("third party, in the browser's words",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Secure; SameSite=None", cross),
           har_refused(site + "/api/me", with(cross, {{"Sec-Fetch-Storage-Access", "none"}}))},
          "cookie-partitioned probable"),
      row("without credentials",
          {login(site + "/login", "session=0a1b2c3d4e5f; Path=/; Secure; SameSite=None", cross), har_refused(site + "/api/me", cross)},
          "fetch-no-credentials probable"),
      row("no cookie, not allowed", {har_refused("https://api.shop.test/me", cross, {{"Access-Control-Allow-Origin", "*"}})},
          "fetch-no-credentials probable"),
      row("no cookie, same origin",
          {har_refused(site + "/api/me", {{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Mode", "cors"}, {"Origin", site}})}, "",
          "fetch-no-credentials"),
      row("a token was meant", {har_refused("https://api.shop.test/me", cross, {{"WWW-Authenticate", "Bearer"}})}, "",
          "fetch-no-credentials"),
      row("the server ends it",
          {har_refused(site + "/api/me", {{"Cookie", "session=0a1b2c3d4e5f"}},
                       {{"Set-Cookie", "session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}})},
          "cookie-expired probable"),
      row("deleted, and sent", {har_refused(site + "/api/me", {{"Cookie", "PHPSESSID=deleted"}})}, "cookie-expired certain"),
  });
}

TEST(CookieRules, Raw_SecureNotSentBack) {
  const auto login_of = [](std::string_view cookie) {
    return exchange("POST /login", "Host: www.shop.test\r\nUser-Agent: python-requests/2.32.3\r\n", "200 OK",
                    "Set-Cookie: " + std::string(cookie) + "\r\n", "{}");
  };
  const std::string me = exchange("GET /me", "Host: www.shop.test\r\nUser-Agent: python-requests/2.32.3\r\n", "401 Unauthorized",
                                  "Content-Type: application/json\r\n", "{}");
  check({{.name = "Secure", .text = login_of("sid=0a1b2c3d4e5f; Path=/; Secure") + me, .verdict = "cookie-secure-http probable"},
         {.name = "not Secure", .text = login_of("sid=0a1b2c3d4e5f; Path=/") + me, .absent = "cookie-secure-http"}});
}

TEST(CookieRules, LooseLine) {
  const auto line = [](std::string text, std::string verdict, std::string absent = {}) {
    return Row{text, Format::Header, "Set-Cookie: " + text, std::move(verdict), {}, std::move(absent)};
  };
  check({
      line("sid=0a1b2c3d; SameSite=None", "cookie-samesite certain"),
      line("sid=0a1b2c3d; SameSite=None; Secure", "none", std::string(kCookieCodes)),
      line("__Host-sid=0a1b2c3d; Secure", "cookie-domain-path certain"),
      line("__Secure-sid=0a1b2c3d; Path=/", "cookie-domain-path certain"),
      line("sid=0a1b2c3d; Domain=co.uk", "cookie-domain-path certain"),
      line("sid=0a1b2c3d; Secure; Partitioned; Path=/; SameSite=None", "none"),
      line("sid=0a1b2c3d; Partitioned", "cookie-partitioned probable"),
      line("sid=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/", "cookie-expired certain"),
  });
}

TEST(CookieRules, Csrf) {
  const auto post = [](std::string_view fields, std::string_view status, std::string_view body,
                       std::string_view type = "application/json") {
    return exchange("POST /api/orders", "Host: www.shop.test\r\nCookie: sessionid=0a1b2c3d4e5f\r\n" + std::string(fields), status,
                    "Content-Type: " + std::string(type) + "\r\n", body);
  };
  check({
      {.name = "Django REST framework",
       .text = post("", "403 Forbidden", R"({"detail":"CSRF Failed: CSRF token missing."})"),
       .verdict = "csrf-as-401 probable",
       .absent = "missing-credentials-as-403"},
      {.name = "wrong one",
       .text = post("X-CSRF-Token: abc\r\n", "401 Unauthorized", R"({"error":"invalid csrf token"})"),
       .verdict = "csrf-as-401 probable"},
      {.name = "Rails",
       .text = post("", "401 Unauthorized", "ActionController::InvalidAuthenticityToken", "text/plain"),
       .found = "csrf-as-401"},
      {.name = "a cookie not repeated",
       .text = exchange("POST /api/orders", "Host: www.shop.test\r\nCookie: laravel_session=0a1b2c3d; XSRF-TOKEN=abcdef\r\n",
                        "401 Unauthorized", ""),
       .found = "csrf-as-401"},
      {.name = "markup",
       .text = post("", "401 Unauthorized", "<html><meta name=\"csrf-token\" content=\"x\"><input name=\"csrf_token\">", "text/html"),
       .absent = "csrf-as-401"},
      {.name = "an allowed header's name",
       .text = exchange("GET /api/orders", "Host: www.shop.test\r\n", "401 Unauthorized", "Access-Control-Allow-Headers: X-CSRF-Token\r\n"),
       .absent = "csrf-as-401"},
  });
}

TEST(CookieRules, KindsOfRequest) {
  const auto typed = [](std::string type, HarFields request = {}) {
    HarEntry entry = har_refused("https://api.shop.test/live", std::move(request), {{"WWW-Authenticate", "Bearer realm=\"api\""}});
    entry.type = std::move(type);
    return entry;
  };
  HarEntry api = har_refused("https://api.shop.test/me", {{"Authorization", "Bearer 4f9c2d7e8a1b4c6d9e0f"}});
  api.status = 200;
  check({
      row("WebSocket", {typed("websocket")}, "ws-sse-img-no-header certain"),
      row("EventSource", {typed("eventsource")}, "ws-sse-img-no-header certain"),
      row("image", {typed("image")}, "ws-sse-img-no-header certain"),
      row("download", {api, typed("document")}, "ws-sse-img-no-header probable"),
      row("page load", {typed("document")}, "", "ws-sse-img-no-header"),
      row("fetch", {typed("fetch")}, "", "ws-sse-img-no-header"),
      row("WebSocket with a cookie", {typed("websocket", {{"Cookie", "session=0a1b2c3d4e5f"}})}, "", "ws-sse-img-no-header"),
      {.name = "by its fields",
       .text = exchange("GET /live",
                        "Host: api.shop.test\r\nUser-Agent: " + std::string(kChrome) +
                            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: https://www.shop.test\r\n",
                        "401 Unauthorized", ""),
       .found = "ws-sse-img-no-header"},
  });
}

TEST(CookieRules, StaleBasic) {
  const HarFields basic = {{"Authorization", "Basic b3BzOmh1bnRlcjI="}};
  HarEntry page = har_refused("https://www.shop.test/admin", basic, {{"WWW-Authenticate", "Basic realm=\"x\""}});
  page.type = "document";
  check({
      row("a page", {page}, "stale-browser-basic probable"),
      row("a script's own header", {har_refused("https://www.shop.test/admin", basic, {{"WWW-Authenticate", "Basic realm=\"x\""}})}, "",
          "stale-browser-basic"),
      row("again",
          {har_refused("https://www.shop.test/admin", basic, {{"WWW-Authenticate", "Basic realm=\"x\""}}),
           har_refused("https://www.shop.test/admin/2", basic, {{"WWW-Authenticate", "Basic realm=\"x\""}})},
          "stale-browser-basic probable"),
      {.name = "curl",
       .text = exchange("GET /admin", "Host: www.shop.test\r\nUser-Agent: curl/8.5.0\r\nAuthorization: Basic b3BzOmh1bnRlcjI=\r\n",
                        "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n"),
       .absent = "stale-browser-basic"},
  });
}

}  // namespace
}  // namespace quivive::diagnose::rows
