#include "auth/router.h"

#include "auth/glob.h"
#include "world.h"

#include <chrono>

namespace quivive::auth {
namespace {

TEST(Glob, Pattern_MatchesWhatItSays) {
  struct Row {
    std::string_view pattern, path;
    bool matches;
  };
  for (const Row& row : {
           Row{"/a/*", "/a/b", true},
           Row{"/a/*", "/a/", true},
           Row{"/a/*", "/a", false},
           Row{"/a/*", "/a/b/c", false},
           Row{"/a/*", "/a/b/", false},
           Row{"/a/*/c", "/a/b/c", true},
           Row{"/a/*/c", "/a/b/x/c", false},
           Row{"/a/x*z", "/a/xyz", true},
           Row{"/a/x*z", "/a/xz", true},
           Row{"/a/x*z", "/a/xzy", false},
           Row{"/*.json", "/v1.json", true},
           Row{"/*.json", "/a/v1.json", false},
           Row{"/*a*b*", "/xxaxxbxx", true},
           Row{"/*a*b*", "/xxbxxaxx", false},
           Row{"/a/**", "/a/", true},
           Row{"/a/**", "/a/b/c", true},
           Row{"/a/**", "/a", false},
           Row{"/a/**", "/ab", false},
           Row{"/a/**/z", "/a/z", true},
           Row{"/a/**/z", "/a/b/z", true},
           Row{"/a/**/z", "/a/b/c/z", true},
           Row{"/a/**/z", "/a/bz", false},
           Row{"/a/**/z", "/az", false},
           Row{"/a/**/z", "/a/z/", false},
           Row{"/a/**/*.js", "/a/x.js", true},
           Row{"/a/**/*.js", "/a/b/x.js", true},
           Row{"/a/**/*.js", "/a/b/x.jsx", false},
           Row{"/**/admin/**", "/admin/", true},
           Row{"/**/admin/**", "/x/y/admin/z", true},
           Row{"/**/admin/**", "/xadmin/z", false},
           Row{"/**/**/z", "/z", true},
           Row{"/**", "/", true},
           Row{"/a**z", "/a/b/z", true},
           Row{"/a**z", "/az", true},
           Row{"/a*", "/a", true},
           Row{"/a*", "/A", false},
           Row{"/*", "", false},
       }) {
    const auto glob = Glob::compile(row.pattern);
    ASSERT_TRUE(glob) << row.pattern;
    EXPECT_EQ(glob->matches(row.path), row.matches) << row.pattern << " " << row.path;
  }
}

TEST(Glob, LongestPattern_Fits) {
  const std::string prefix = "/" + std::string(200, 'p') + "/";
  std::string stars;
  while (stars.size() < kMaxGlobLength) stars += "*a";
  const auto glob = Glob::compile(prefix + stars.substr(0, kMaxGlobLength - 1));
  ASSERT_TRUE(glob);
  EXPECT_TRUE(glob->matches(prefix + std::string(kMaxGlobLength, 'a')));
  EXPECT_FALSE(glob->matches(prefix + std::string(kMaxGlobLength / 2 - 2, 'a')));
  EXPECT_FALSE(glob->matches(prefix));
  EXPECT_FALSE(Glob::compile(prefix + stars + "a"));
  EXPECT_FALSE(Glob::compile("/***"));
}

// Against the definition, written the slow way.
bool slowly(std::string_view pattern, std::string_view path, bool after_slash = false) {
  if (pattern.empty()) return path.empty();
  if (after_slash && pattern.starts_with("**/")) {
    if (slowly(pattern.substr(3), path, true)) return true;
    for (std::size_t i = 1; i < path.size(); ++i) {
      if (path[i] == '/' && slowly(pattern.substr(3), path.substr(i + 1), true)) return true;
    }
    return false;
  }
  if (pattern.front() == '*') {
    const bool across = pattern.starts_with("**");
    for (std::size_t i = 0;; ++i) {
      if (slowly(pattern.substr(across ? 2 : 1), path.substr(i))) return true;
      if (i == path.size() || (!across && path[i] == '/')) return false;
    }
  }
  return !path.empty() && path.front() == pattern.front() && slowly(pattern.substr(1), path.substr(1), pattern.front() == '/');
}

TEST(Glob, RandomPatternsAndPaths_AgreeWithTheDefinition) {
  FixedRandom random(7);
  const std::string bytes = random.bytes(400'000);
  std::size_t next = 0, compared = 0, matched = 0;
  const auto pick = [&](std::string_view alphabet, std::size_t most) {
    std::string out = "/";
    for (std::size_t n = static_cast<std::uint8_t>(bytes[next++]) % most; n > 0; --n) out += alphabet[static_cast<std::uint8_t>(bytes[next++]) % alphabet.size()];
    return out;
  };
  while (next + 64 < bytes.size()) {
    const std::string pattern = pick("*/ab*", 10);
    const std::string path = pick("/aba", 8);
    const auto glob = Glob::compile(pattern);
    if (!glob) continue;
    const bool expected = slowly(pattern, path);
    ASSERT_EQ(glob->matches(path), expected) << pattern << " " << path;
    ++compared;
    matched += expected;
  }
  EXPECT_GT(compared, 10'000U);
  EXPECT_GT(matched, 500U);
}

TEST(Glob, HostilePathAndPattern_CostOneStepAnOctet) {
  const auto glob = Glob::compile("/**a*a**a*a**a*a**a*a**a*a*b");
  ASSERT_TRUE(glob);
  const std::string path = "/" + std::string(64 * 1024, 'a');
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob->matches(path));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{2})
      << "a backtracking matcher would not end";
}

std::shared_ptr<const RoutePolicy> any_policy() {
  static const auto kPolicy = std::make_shared<const RoutePolicy>(policy_accepting({Scheme::Bearer}));
  return kPolicy;
}
Router router(std::vector<RoutePattern> patterns) {
  std::vector<RouteEntry> entries;
  for (RoutePattern& pattern : patterns) entries.push_back({std::move(pattern), any_policy()});
  return Router::compile(std::move(entries)).value();
}
int index(const Router& router, std::string_view method, std::string_view host, std::string_view path) {
  const Router::Route* route = router.match(method, host, path);
  return route == nullptr ? -1 : static_cast<int>(route->index);
}

TEST(Router, FirstMatch_Wins) {
  const Router table = router({{"/healthz", "", {}},
                               {"/admin", "", {}},
                               {"/admin/", "", {"GET"}},
                               {"/admin/", "", {}},
                               {"/users/*/", "", {}},
                               {"/", "", {"GET", "POST"}}});
  struct Row {
    std::string_view method, path;
    int index;
  };
  for (const Row& row :
       {Row{"GET", "/healthz", 0}, Row{"GET", "/healthz/", 5}, Row{"GET", "/healthzx", 5}, Row{"GET", "/admin", 1},
        Row{"GET", "/admin/", 2}, Row{"HEAD", "/admin/x", 2}, Row{"POST", "/admin/x", 3}, Row{"get", "/admin/x", 3},
        Row{"GET", "/administrator", 5}, Row{"GET", "/Admin/", 5}, Row{"DELETE", "/users/7/", 4},
        Row{"DELETE", "/users/7/x/y", 4}, Row{"DELETE", "/users/7", -1}, Row{"HEAD", "/", 5}, Row{"PUT", "/x", -1}}) {
    EXPECT_EQ(index(table, row.method, "h", row.path), row.index) << row.method << " " << row.path;
  }
  EXPECT_EQ(index(router({}), "GET", "h", "/"), -1);
}

TEST(Router, HeadRoute_DoesNotAdmitGet) {
  const Router table = router({{"/", "", {"HEAD"}}});
  EXPECT_EQ(index(table, "HEAD", "h", "/"), 0);
  EXPECT_EQ(index(table, "GET", "h", "/"), -1);
}

TEST(Router, Hosts_ComparedWithoutCasePortAndDot) {
  const Router table = router({{"/", "API.example.com", {}}, {"/", "*.example.com", {}}, {"/", "[::1]", {}}});
  struct Row {
    std::string_view host;
    int index;
  };
  for (const Row& row : {Row{"api.example.com", 0}, Row{"Api.Example.Com:8443", 0}, Row{"api.example.com.", 0},
                         Row{"api.example.com.:80", 0}, Row{"www.example.com", 1}, Row{"a.b.example.com", 1},
                         Row{"example.com", -1}, Row{".example.com", -1}, Row{"evilexample.com", -1},
                         Row{"api.example.com.evil.com", -1}, Row{"[::1]:8080", 2}, Row{"", -1}}) {
    EXPECT_EQ(index(table, "GET", row.host, "/"), row.index) << row.host;
  }
}

TEST(Router, Compares_WhatARouteNames) {
  const Router neither = router({{"/", "", {}}}), host = router({{"/a", "", {}}, {"/", "h", {}}}), method = router({{"/", "", {"GET"}}, {"/", "", {}}});
  EXPECT_FALSE(neither.compares_hosts() || neither.compares_methods());
  EXPECT_TRUE(host.compares_hosts() && !host.compares_methods());
  EXPECT_TRUE(method.compares_methods() && !method.compares_hosts());
}

// Attacks that got through elsewhere: whatever the canonical target lets through must not reach the open route.
TEST(Router, HostilePaths_DoNotReachTheOpenRoute) {
  const Router table = router({{"/foo/*/bar", "", {}}, {"/public/", "", {}}, {"/", "", {}}});
  // CVE-2025-54576: a rule with a wildcard must not be satisfied by what is not a whole segment.
  EXPECT_EQ(index(table, "GET", "h", "/foo/critical"), 2);
  EXPECT_EQ(index(table, "GET", "h", "/foo/critical/x/bar"), 2);
  EXPECT_EQ(index(table, "GET", "h", "/public"), 2);
  EXPECT_EQ(index(table, "GET", "h", "/PUBLIC/x"), 2);
  EXPECT_EQ(index(table, "GET", "h", "/publicx/"), 2);
  EXPECT_EQ(index(table, "GET", "h", "/x/public/"), 2);
}

TEST(Router, Losers_SayWhatTheyFailedOn) {
  const Router table = router(
      {{"/healthz", "", {}}, {"/v1/", "other.example", {}}, {"/v1/", "", {"POST"}}, {"/v1/", "", {}}, {"/", "", {}}});
  const auto losers = table.losers("GET", "h", "/v1/orders");
  ASSERT_EQ(losers.size(), 3U);
  EXPECT_EQ(losers[0].why, Router::Mismatch::Path);
  EXPECT_EQ(losers[1].why, Router::Mismatch::Host);
  EXPECT_EQ(losers[2].why, Router::Mismatch::Method);
  EXPECT_EQ(losers[2].route->index, 2U);
}

TEST(Router, PatternThatCannotMatch_Refused) {
  struct Row {
    RoutePattern pattern;
    std::string_view part;
  };
  for (const Row& row :
       {Row{{"", "", {}}, "begin with '/'"}, Row{{"admin/", "", {}}, "begin with '/'"},
        Row{{"/a?x=1", "", {}}, "query"}, Row{{"/a#b", "", {}}, "no request"}, Row{{"/a//b", "", {}}, "no request"},
        Row{{"/a/../b", "", {}}, "no request"}, Row{{"/%61", "", {}}, "write the path as /a"},
        Row{{"/***", "", {}}, "three stars"}, Row{{"/*" + std::string(300, 'a'), "", {}}, "more than"},
        Row{{"/", "a:80", {}}, "port"}, Row{{"/", "a.*.b", {}}, "host"}, Row{{"/", "*", {}}, "host"},
        Row{{"/", "*.", {}}, "host"}, Row{{"/", "a b", {}}, "host"}, Row{{"/", "", {"GE T"}}, "method"},
        Row{{"/", "", {""}}, "method"}}) {
    const auto result = Router::compile({{row.pattern, any_policy()}});
    ASSERT_FALSE(result) << row.pattern.path;
    EXPECT_NE(result.error().message.find(row.part), std::string::npos) << result.error().message;
  }
  EXPECT_FALSE(Router::compile({{{"/", "", {}}, nullptr}}));
}

TEST(Router, SeveralFaults_AllNamed) {
  const auto result =
      Router::compile({{{"x", "", {}}, any_policy()}, {{"/", "", {}}, any_policy()}, {{"y", "", {}}, any_policy()}});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("route 1 (x)"), std::string::npos) << result.error().message;
  EXPECT_NE(result.error().message.find("route 3 (y)"), std::string::npos);
}

}  // namespace
}  // namespace quivive::auth
