#include "config/route_cover.h"
#include "loading.h"

namespace quivive::config {
namespace {

const std::string kAccept = "accept: {bearer: {issuers: [{issuer: https://id.example, audience: api}]}, api_key: {}, basic: {}}\n";

std::string routes(std::string_view lines) { return kUpstream + kAccept + "routes:\n" + std::string(lines); }
std::string route(std::string_view settings) { return routes("  - {path: /, " + std::string(settings) + "}\n"); }

void expect_part(const std::string& yaml, std::string_view part) {
  EXPECT_NE(said(yaml).find(part), std::string::npos) << yaml << " -> " << said(yaml);
}

TEST(Route, Require_EveryForm) {
  struct Row {
    std::string_view text;
    Wanted wanted;
  };
  using enum Wanted::Match;
  for (const Row& row : {Row{"a", {All, {"a"}}}, Row{"[a, b]", {All, {"a", "b"}}}, Row{"{all: [a, b]}", {All, {"a", "b"}}}, Row{"{any: [a, b]}", {Any, {"a", "b"}}}, Row{"{any: a}", {Any, {"a"}}}}) {
    EXPECT_EQ(loaded(route("require: {scope: " + std::string(row.text) + "}")).routes[0].require.scope, row.wanted) << row.text;
    EXPECT_EQ(loaded(route("require: {role: " + std::string(row.text) + "}")).routes[0].require.role, row.wanted) << row.text;
  }
  const auto claims = loaded(route("require: {claim: {a: x, b: [y, z]}}")).routes[0].require.claims;
  EXPECT_EQ(claims, (std::vector<ClaimWanted>{{"a", {"x"}}, {"b", {"y", "z"}}}));
}

// What reads like a requirement must never come out as none.
TEST(Route, RequireOfNothing_Refused) {
  for (const std::string_view text : {"require: {}", "require:", "require: []", "require: admin", "require: {scope: }", "require: {scope: []}", "require: {scope: {}}", "require: {scope: {any: []}}",
                                      "require: {scope: {any: a, all: b}}", "require: {scope: {some: a}}", "require: {scope: ''}", "require: {claim: {}}", "require: {claim: [a]}",
                                      "require: {claim: {a: }}", "require: {claim: {a: []}}", "require: {scope: [a, a]}", "require: {scope: [[a]]}", "accept: []", "methods: []", "accept:"}) {
    EXPECT_FALSE(load(route(text), "q").config) << text;
  }
}

TEST(Route, Public_ContradictsTheRest) {
  expect_part(route("public: true, require: {scope: a}"), "routes[0].require: has no effect on a public route");
  expect_part(route("public: true, accept: bearer"), "routes[0].accept: has no effect on a public route");
  expect_part(route("public: true, mode: observe"), "routes[0].mode: has no effect on a public route");
}

TEST(Route, Accept_OnlyWhatIsConfigured) {
  expect_part(kUpstream + "accept: {basic: {}}\nroutes: [{path: /, accept: [basic, bearer]}]", "3:28 routes[0].accept: 'bearer' is not configured; add it under accept, as accept.bearer");
  EXPECT_EQ(loaded(kUpstream + "accept: {basic: {}}\nroutes: [{path: /}]").routes[0].accept, std::vector{Scheme::Basic});
}

TEST(Route, RequireThatNobodyMeets_Warned) {
  expect_part(route("accept: basic, require: {scope: a}"), "warning routes[0].require.scope: only tokens and API keys can meet this");
  expect_part(route("accept: api_key, require: {role: a}"), "warning routes[0].require.role: only tokens and users can meet this");
  expect_part(route("accept: [basic, api_key], require: {claim: {a: b}}"), "warning routes[0].require.claim: only tokens can meet this");
  EXPECT_EQ(said(route("require: {scope: a, role: b, claim: {c: d}}")), "");
}

TEST(Route, PathThatNoRequestHas_Refused) {
  const std::string kLong(100, 'a');  // more than a glob may have
  struct Row {
    std::string path, part;
  };
  for (const Row& row : {Row{"admin", "does not begin with '/'"}, Row{"'/a?b'", "routes see the path only"}, Row{"'/a#b'", "routes see the path only"}, Row{"/a//b", "holds '//'"}, Row{"/a/../b", "holds '..'"},
                         Row{"/a/.", "holds '.'"}, Row{"/%61", "write 'a'"}, Row{"/%2f", "upper case"}, Row{"/%", "encodes nothing"}, Row{"/%4", "encodes nothing"}, Row{"/%zz", "encodes nothing"},
                         Row{"/a b", "percent-encoded"}, Row{"/\xc3\xa9", "percent-encoded"}, Row{"'/a\\b'", "percent-encoded"}, Row{"/***", "routes[0].path: '/***'"}, Row{"/*" + kLong, "routes[0].path: '/*aaa"}, Row{"/.quivive/login", "gateway itself"}}) {
    expect_part(routes("  - {path: " + std::string(row.path) + "}\n"), row.part);
  }
  EXPECT_EQ(loaded(routes("  - {path: /" + kLong + "}\n")).routes[0].path, "/" + kLong);
  for (const std::string_view path : {"/", "/a", "/a/", "/a/*/b", "/a/**", "/%2F", "/a;b=c", "/~u", "/.well-known/x", "/..."}) {
    EXPECT_EQ(loaded(routes("  - {path: " + std::string(path) + "}\n")).routes[0].path, path);
  }
}

TEST(Route, HostMethodsOrigins_Checked) {
  EXPECT_EQ(loaded(route("host: API.Example.com")).routes[0].host, "api.example.com");
  for (const std::string_view host : {"http://a", "a:80", "a/b", "'*a.b'", "'a.*'", "'*.'", "'*.*.a'", "'a b'", "a..b"}) expect_part(route("host: " + std::string(host)), "is not a host name");
  EXPECT_EQ(loaded(route("host: '*.Example.com'")).routes[0].host, "*.example.com");
  expect_part(route("methods: [get]"), "'get' never matches: write GET");
  expect_part(route("methods: ['G ET']"), "is not a method");
  EXPECT_EQ(loaded(route("methods: [PURGE, GET]")).routes[0].methods, (std::vector<std::string>{"PURGE", "GET"}));
  for (const std::string_view origin : {"app.example.com", "https://app.example.com/", "https://App.example.com", "https://a:443", "null"}) {
    expect_part(route("cors: {origins: ['" + std::string(origin) + "']}"), "is not an origin");
  }
  expect_part(route("cors: {origins: ['*', 'https://a']}"), "'*' stands alone");
  expect_part(route("cors: {}"), "routes[0].cors.origins: required");
}

TEST(Route, HiddenByAnEarlierOne_Warned) {
  expect_part(routes("  - {path: /, public: true}\n  - {path: /admin/}\n"),
              "5:5 warning routes[1]: never reached: routes[0] (/) is public and takes every request that this one protects");
  expect_part(routes("  - {path: /a/}\n  - {path: /b}\n  - {path: /a/b, methods: GET}\n"), "6:5 warning routes[2]: never reached: routes[0] (/a/) takes every request that it matches");
  EXPECT_EQ(said(routes("  - {path: /healthz, public: true}\n  - {path: /admin/}\n  - {path: /}\n")), "");
}

TEST(CoversPath, OnlyWhatIsCertain) {
  struct Row {
    std::string_view earlier, later;
    bool covers;
  };
  for (const Row& row : {Row{"/", "/a", true}, Row{"/", "/**", true}, Row{"/a", "/a", true}, Row{"/a", "/a/", false}, Row{"/a/", "/a", false}, Row{"/a/", "/a/b", true}, Row{"/a/", "/a/*/c", true},
                         Row{"/a/", "/*/b", false}, Row{"/a/b", "/a/", false}, Row{"/a/**", "/a/b/c", true}, Row{"/a/**", "/a", false}, Row{"/a/*", "/a/*", true}, Row{"/a/*", "/a/b/c", false},
                         Row{"/**", "/x", true}, Row{"/a/**/b", "/a/c/b", false}}) {
    EXPECT_EQ(covers_path(row.earlier, row.later), row.covers) << row.earlier << " " << row.later;
  }
}

TEST(Covers, HostAndMethodsCount) {
  const auto make = [](std::string host, std::vector<std::string> methods) {
    Route out;
    out.path = "/";
    out.host = std::move(host);
    out.methods = std::move(methods);
    return out;
  };
  EXPECT_TRUE(covers(make("", {}), make("a", {"GET"})));
  EXPECT_FALSE(covers(make("a", {}), make("", {})));
  EXPECT_FALSE(covers(make("a", {}), make("b", {})));
  EXPECT_TRUE(covers(make("*.a", {}), make("b.a", {})));
  EXPECT_TRUE(covers(make("*.a", {}), make("*.b.a", {})));
  EXPECT_FALSE(covers(make("*.a", {}), make("a", {})));
  EXPECT_FALSE(covers(make("*.a", {}), make("ba", {})));
  EXPECT_FALSE(covers(make("*.a", {}), make("", {})));
  EXPECT_TRUE(covers(make("", {"GET"}), make("", {"HEAD"})));
  EXPECT_FALSE(covers(make("", {"HEAD"}), make("", {"GET"})));
  EXPECT_FALSE(covers(make("", {"GET"}), make("", {})));
  EXPECT_FALSE(covers(make("", {"GET"}), make("", {"GET", "POST"})));
  EXPECT_TRUE(covers(make("", {"GET", "POST"}), make("", {"POST"})));
}

TEST(Routes, TooMany_Refused) {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "  - {path: /" + std::to_string(i) + "}\n";
  expect_part(routes(many), "more than 1000 routes");
}

TEST(Warnings, ExposedListeners) {
  expect_part(kUpstream + "listen: :8080", "2:9 warning listen: Basic is accepted without TLS");
  EXPECT_EQ(said(kUpstream + "listen: {address: ':8080', tls: {certificate: c, key: k}}"), "");
  EXPECT_EQ(said(kUpstream + "listen: :8080\naccept: {api_key: {}}"), "");
  expect_part(kUpstream + "admin: :8081", "2:8 warning admin: answers everybody");
  expect_part(kUpstream + "trusted_proxies: [10.0.0.0/8, 0.0.0.0/0]", "2:18 warning trusted_proxies: trusts everybody");
  expect_part(kUpstream + "trusted_proxies: '::/0'", "warning trusted_proxies: trusts everybody");
  EXPECT_TRUE(loaded(kUpstream + "trusted_proxies: []").trusted_proxies.empty());
}

}  // namespace
}  // namespace quivive::config
