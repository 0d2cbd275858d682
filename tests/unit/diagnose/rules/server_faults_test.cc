#include "unit/diagnose/rules/rows.h"

namespace quivive::diagnose::rows {
namespace {

constexpr std::string_view kServerFaultCodes =
    "login-redirect-mask login-html-200 missing-www-authenticate malformed-challenge challenge-only-first missing-credentials-as-403 "
    "forbidden-as-401 error-in-200 conflicting-gateway-audience";
constexpr std::string_view kJson = "Accept: application/json\r\n";

std::string get_portal(std::string_view target, std::string_view fields, std::string_view status, std::string_view response,
                       std::string_view body = {}) {
  return exchange("GET " + std::string(target), "Host: portal.example.com\r\n" + std::string(fields), status, response, body);
}

TEST(ServerFaultRules, LoginPages) {
  const std::string page = "<!DOCTYPE html><html><form action=/login><input name=user><input type=\"password\" name=pw></form></html>";
  const std::string to_login =
      get_portal("/api/tasks", kJson, "302 Found", "Location: https://portal.example.com/login?next=%2Fapi%2Ftasks\r\n");
  check({
      {.name = "an API", .text = to_login, .verdict = "login-redirect-mask certain"},
      {.name = "to an identity provider",
       .text = get_portal("/data", "X-Requested-With: XMLHttpRequest\r\n", "302 Found",
                          "Location: https://login.example.com/oauth2/authorize?client_id=x&response_type=code\r\n"),
       .verdict = "login-redirect-mask certain"},
      {.name = "anything goes",
       .text = get_portal("/report", "Accept: */*\r\n", "302 Found", "Location: /users/sign_in\r\n"),
       .verdict = "login-redirect-mask probable"},
      {.name = "followed",
       .text = to_login + get_portal("/login?next=%2Fapi%2Ftasks", kJson, "200 OK", "Content-Type: text/html\r\n", page),
       .verdict = "login-redirect-mask certain",
       .found = "login-html-200"},
      {.name = "the page alone",
       .text = get_portal("/api/tasks", kJson, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", page),
       .verdict = "login-html-200 probable"},
      {.name = "a page load",
       .text = get_portal("/board", "Accept: text/html,application/xhtml+xml\r\n", "302 Found", "Location: /login\r\n"),
       .absent = "login-redirect-mask"},
      {.name = "to another host, and back afterwards",
       .text = get_portal("/api", "Accept: */*\r\nCookie: authelia_session=0123456789abcdef\r\n", "302 Found",
                          "Location: https://auth.example.com/?rd=https%3A%2F%2Fportal.example.com%2Fapi&rm=GET\r\n"),
       .verdict = "login-redirect-mask certain"},
      {.name = "to another host, and back to another path",
       .text =
           get_portal("/api", kJson, "302 Found", "Location: https://cdn.example.com/?url=https%3A%2F%2Fportal.example.com%2Flogo.png\r\n"),
       .verdict = "none"},
      {.name = "to a page that asks for consent",
       .text = get_portal("/api", kJson, "302 Found",
                          "Location: https://consent.example.com/m?continue=https%3A%2F%2Fportal.example.com%2Fapi\r\n"),
       .verdict = "none"},
      {.name = "after signing out",
       .text = get_portal("/logout", "Cookie: sid=0123456789abcdef\r\n", "302 Found",
                          "Date: Sat, 01 Mar 2025 12:00:00 GMT\r\nLocation: /login\r\nSet-Cookie: sid=; Max-Age=0; Path=/\r\n"),
       .verdict = "none",
       .absent = std::string(kServerFaultCodes) + " cookie-expired"},
      {.name = "a path that only sounds like it",
       .text = get_portal("/api/logout-events", kJson, "302 Found", "Location: /login\r\n"),
       .verdict = "login-redirect-mask certain"},
      {.name = "a plain redirect",
       .text = get_portal("/api/tasks", kJson, "302 Found", "Location: /api/tasks/\r\n"),
       .verdict = "none",
       .absent = std::string(kServerFaultCodes)},
      {.name = "a page that was wanted",
       .text = get_portal("/login", "Accept: text/html\r\n", "200 OK", "Content-Type: text/html\r\n", page),
       .verdict = "none",
       .absent = std::string(kServerFaultCodes)},
  });
}

TEST(ServerFaultRules, Challenges) {
  const auto loose = [](std::string line, std::string verdict) {
    return Row{line, Format::Header, "WWW-Authenticate: " + line, std::move(verdict), {}, {}};
  };
  check({
      loose("Bearer, error=\"invalid_token\"", "malformed-challenge certain"),
      loose("Bearer realm=\"api", "malformed-challenge certain"),
      loose("Basic re(lm=\"my site\"", "malformed-challenge certain"),
      loose("Basic realm=my site", "malformed-challenge certain"),
      loose("Bearer realm=\"a\" error=\"invalid_token\"", "malformed-challenge certain"),
      loose("Bearer realm=\"a\", realm=\"b\"", "malformed-challenge certain"),
      loose("Digest realm=\"a\", qop=\"auth\"", "malformed-challenge certain"),
      loose("Bearer realm = \"api\"", "none"),
      loose("Bearer realm=\"api\", scope=\"read write\"", "none"),
      loose("Negotiate, NTLM, Basic realm=\"x\"", "none"),
      {.name = "in an answer",
       .text = get_portal("/x", kBearer, "401 Unauthorized", "WWW-Authenticate: Bearer, realm=\"x\"\r\n"),
       .found = "malformed-challenge",
       .absent = "missing-www-authenticate"},
      {.name = "missing", .text = get_portal("/x", kBearer, "401 Unauthorized", "Server: x\r\n"), .found = "missing-www-authenticate"},
      {.name = "there",
       .text = get_portal("/x", kBearer, "401 Unauthorized", "WWW-Authenticate: Bearer realm=\"x\"\r\n"),
       .absent = std::string(kServerFaultCodes)},
      {.name = "403 needs none", .text = get_portal("/x", kBearer, "403 Forbidden", ""), .absent = std::string(kServerFaultCodes)},
  });
  const Diagnosis broken = judge(Format::Http, get_portal("/x", kBearer, "401 Unauthorized", "WWW-Authenticate: Bearer, realm=\"x\"\r\n"));
  EXPECT_EQ(find(broken, Cause::MalformedChallenge)->severity, Severity::Warning);
  EXPECT_NE(find(broken, Cause::MalformedChallenge)->fix.find("Bearer realm=\"x\""), std::string::npos);
}

TEST(ServerFaultRules, OnlyTheFirstScheme) {
  const std::string json = "Content-Type: application/json\r\nWWW-Authenticate: Basic realm=\"api\"\r\n";
  check({
      {.name = "token read",
       .text =
           get_portal("/x", "Authorization: Token 4f9c2d7e8a1b4c6d9e0f\r\n", "401 Unauthorized", json, R"({"detail":"Invalid token."})"),
       .found = "challenge-only-first"},
      {.name = "JWT read",
       .text = get_portal("/x", kBearer, "401 Unauthorized", json,
                          R"({"detail":"Given token not valid for any token type","code":"token_not_valid","messages":[]})"),
       .found = "challenge-only-first"},
      {.name = "not looked for",
       .text = get_portal("/x", kBearer, "401 Unauthorized", json, R"({"detail":"Authentication credentials were not provided."})"),
       .absent = "challenge-only-first"},
      {.name = "the one named",
       .text = get_portal("/x", "Authorization: Basic b3BzOmh1bnRlcjI=\r\n", "401 Unauthorized", json,
                          R"({"detail":"Invalid username/password."})"),
       .absent = "challenge-only-first"},
  });
}

TEST(ServerFaultRules, TheWrongStatus) {
  check({
      {.name = "said so",
       .text = get_portal("/x", "", "403 Forbidden", "", R"({"detail":"Authentication credentials were not provided."})"),
       .verdict = "missing-credentials-as-403 certain"},
      {.name = "not said",
       .text = get_portal("/x", "", "403 Forbidden", "", R"({"status":403,"error":"Forbidden"})"),
       .verdict = "missing-credentials-as-403 probable"},
      {.name = "with a cookie",
       .text = get_portal("/x", "Cookie: sessionid=0a1b2c3d\r\n", "403 Forbidden", "", R"({"error":"Forbidden"})"),
       .absent = "missing-credentials-as-403"},
      {.name = "a firewall",
       .text = get_portal("/x", "", "403 Forbidden", "Server: cloudflare\r\n", "<title>Attention Required! | Cloudflare</title>"),
       .absent = "missing-credentials-as-403"},
      {.name = "accepted elsewhere",
       .text = get_portal("/me", kBearer, "200 OK", "", "{}") +
               get_portal("/admin", kBearer, "401 Unauthorized", "WWW-Authenticate: Bearer\r\n"),
       .found = "forbidden-as-401"},
      {.name = "in words",
       .text = get_portal("/admin", kBearer, "401 Unauthorized", "WWW-Authenticate: Bearer\r\n",
                          R"({"message":"You do not have permission to do this"})"),
       .found = "forbidden-as-401"},
      {.name = "another token",
       .text = get_portal("/me", "Authorization: Bearer 00112233445566778899\r\n", "200 OK", "", "{}") +
               get_portal("/admin", kBearer, "401 Unauthorized", "WWW-Authenticate: Bearer\r\n"),
       .absent = "forbidden-as-401"},
      {.name = "invalid",
       .text = get_portal("/me", kBearer, "200 OK", "", "{}") +
               get_portal("/admin", kBearer, "401 Unauthorized", "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"),
       .absent = "forbidden-as-401"},
      {.name = "Slack",
       .text =
           get_portal("/api/auth.test", kBearer, "200 OK", "Content-Type: application/json\r\n", R"({"ok":false,"error":"not_authed"})"),
       .found = "error-in-200"},
      {.name = "GraphQL",
       .text = get_portal("/graphql", kBearer, "200 OK", "Content-Type: application/json\r\n",
                          R"({"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}],"data":null})"),
       .found = "error-in-200"},
      {.name = "another error",
       .text =
           get_portal("/graphql", kBearer, "200 OK", "Content-Type: application/json\r\n", R"({"errors":[{"message":"no such field"}]})"),
       .verdict = "none",
       .absent = std::string(kServerFaultCodes)},
  });
}

TEST(ServerFaultRules, AudiencesInConflict) {
  // {"alg":"HS256"}.{"aud":"gateway"}
  const std::string token = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJnYXRld2F5In0.c2lnbmF0dXJl\r\n";
  check({
      {.name = "behind Envoy",
       .text = get_portal("/x", token, "401 Unauthorized", "x-envoy-upstream-service-time: 4\r\n", R"({"error":"invalid audience"})"),
       .found = "conflicting-gateway-audience"},
      {.name = "behind Kong",
       .text = get_portal("/x", token, "401 Unauthorized", "X-Kong-Upstream-Latency: 4\r\n", R"({"message":"jwt audience invalid"})"),
       .found = "conflicting-gateway-audience"},
      {.name = "Envoy itself",
       .text = get_portal("/x", token, "403 Forbidden", "Server: envoy\r\n", "Audiences in Jwt are not allowed"),
       .absent = "conflicting-gateway-audience"},
  });
}

}  // namespace
}  // namespace quivive::diagnose::rows
