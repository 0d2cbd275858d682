#include "http/target.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::http {
namespace {

constexpr std::string_view kAuthority = "api.example.com";

TEST(Target, PolicyPath_IsCanonical) {
  struct Row {
    std::string_view target, policy;
  };
  std::string scratch;
  for (const Row& row : {
           Row{"/", "/"},
           Row{"/admin/users", "/admin/users"},
           Row{"/admin/", "/admin/"},
           Row{"/%61dmin", "/admin"},
           Row{"/%41%7e%2D%2e%5Fx", "/A~-._x"},
           Row{"/a%20b%c3%a4", "/a%20b%C3%A4"},
           Row{"/a%252fb", "/a%252fb"},
           Row{"/%25", "/%25"},
           Row{"/%252e%252e/x", "/%252e%252e/x"},
           Row{"/user%40x%3ay%2Cz", "/user@x:y,z"},  // both spellings of a pchar are one path to policy
           Row{"/a%3Bb", "/a;b"},
           Row{"/a|b[0]^", "/a%7Cb%5B0%5D%5E"},
           Row{"/a%7cb", "/a%7Cb"},
           Row{"/.well-known/x", "/.well-known/x"},
           Row{"/...", "/..."},
           Row{"/a..", "/a.."},
           Row{"/..a/b", "/..a/b"},
           Row{"/a.;x", "/a.;x"},
           Row{"/a;x=1/b", "/a;x=1/b"},
           Row{"/%F0%9F%98%80", "/%F0%9F%98%80"},
           Row{"/*", "/*"},
       }) {
    const auto target = parse_target(row.target, kAuthority, EncodedSlash::Refuse, scratch);
    ASSERT_TRUE(target) << row.target << ": " << target.error().detail;
    EXPECT_EQ(target->policy_path, row.policy);
    EXPECT_EQ(target->path, row.target);
    EXPECT_FALSE(target->has_query);
  }
}

TEST(Target, NothingToChange_BorrowsTheInput) {
  const std::string text = "/api/v1/items;x/%C3%A4%20";
  std::string scratch = "old";
  const auto target = parse_target(text, kAuthority, EncodedSlash::Refuse, scratch);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->policy_path.data(), text.data());
}

TEST(Target, Ambiguous_IsRefused) {
  using namespace std::string_literals;
  std::string scratch;
  for (const std::string& text : {
           // what no browser sends raw
           "/a\"b"s, "/<x>"s, "/a`b"s, "/{x}"s,
           // dot segments, however spelt
           "/.."s, "/."s, "/../x"s, "/public/../admin"s, "/a/.."s, "/a/."s, "/a/./b"s, "/%2e%2e/x"s, "/%2E%2E"s, "/.%2e/x"s, "/%2e./x"s,
           "/%2e"s, "/a/%2e/b"s, "/public/%2e%2e/admin"s, "/..?x"s,
           // parameters that servers strip before resolving dots
           "/..;/admin"s, "/a/..;x=1/b"s, "/.;x/b"s, "/.;"s, "/..%3b/admin"s, "/%2e%2e;/admin"s, "/%2e%2e%3B/admin"s, "/a..;b"s, "/a;..;/b"s,
           "/;/admin"s, "/;x/admin"s, "/%3bx/admin"s, "/..;"s,
           // empty segments
           "//"s, "//admin"s, "/a//b"s, "/a//"s, "///"s,
           // slashes in disguise
           "/a%2fb"s, "/a%2Fb"s, "/..%2fadmin"s, "/a\\b"s, "/..\\x"s, "/a%5cb"s, "/a%5Cb"s, "\\admin"s,
           // what ends the path for somebody
           "/#/../admin"s, "/a#b"s, "/a?b#c"s, "/a%23b"s, "/a%3fb"s, "/a%3Fb"s, "/a%00"s, "/a%00b"s, "/a%0d%0ab"s, "/a%7f"s, "/a%1F"s, "/%09"s,
           // invalid escapes
           "/%"s, "/%2"s, "/%zz"s, "/%2g"s, "/a%"s, "/%u002f"s, "/a?x=%"s, "/a?x=%1"s, "/a?%g1"s, "/%-1"s, "/%+1"s,
           // not UTF-8 after decoding
           "/%c0%ae%c0%ae/x"s, "/%c0%af"s, "/%e0%80%af"s, "/%f0%80%80%af"s, "/%80"s, "/%c3"s, "/%c3x"s, "/%c3/%a4"s, "/%ed%a0%80"s, "/%f4%90%80%80"s,
           "/%f5%80%80%80"s, "/%ff"s, "/%fe%ff"s, "/%c3%28"s, "/%e2%82"s,
           // raw bytes
           "/\xc3\xa4"s, "/a b"s, "/a\tb"s, "/a\0b"s, "/a\x7f"s, "/a?b\xff"s, "/a?b c"s, "/a?\x01"s, "/a?b\x7f"s,
           // other forms of target
           ""s, "*"s, "api.example.com:443"s, "admin"s, "?x"s, "ftp://api.example.com/"s, "http:/x"s, "http:///x"s, "HTTP://"s,
           "http://other.example/x"s, "http://api.example.com.evil/x"s, "http://api.example.com:80/x"s, "http://u@api.example.com/x"s,
           "http://api.example.com\\@evil/x"s, "http://api.example.com#/x"s, "http://api.example.com//x"s, "http://api.example.com/../x"s,
           "http://api.example.com?a#b"s}) {
    const auto target = parse_target(text, kAuthority, EncodedSlash::Refuse, scratch);
    ASSERT_FALSE(target) << text;
    EXPECT_FALSE(target.error().detail.empty());
    EXPECT_LE(target.error().offset, text.size());
  }
  EXPECT_FALSE(parse_target("http:///x", "", EncodedSlash::Refuse, scratch));
}

TEST(Target, Refused_SaysWhere) {
  std::string scratch;
  const auto offset = [&](std::string_view text) { return parse_target(text, kAuthority, EncodedSlash::Refuse, scratch).error().offset; };
  EXPECT_EQ(offset("/ab%2fc"), 3u);
  EXPECT_EQ(offset("/ab?c#"), 5u);
  EXPECT_EQ(offset("http://api.example.com/a%00"), 24u);
}

TEST(Target, AbsoluteForm_IsReadAsOriginForm) {
  struct Row {
    std::string_view target, path, query;
    bool has_query;
  };
  std::string scratch;
  for (const Row& row : {
           Row{"http://api.example.com/a/b?c=d", "/a/b", "c=d", true},
           Row{"HTTPS://API.example.COM/a", "/a", "", false},
           Row{"http://api.example.com", "/", "", false},
           Row{"http://api.example.com?x", "/", "x", true},
           Row{"http://api.example.com/?", "/", "", true},
       }) {
    const auto target = parse_target(row.target, kAuthority, EncodedSlash::Refuse, scratch);
    ASSERT_TRUE(target) << row.target;
    EXPECT_EQ(target->path, row.path);
    EXPECT_EQ(target->query, row.query);
    EXPECT_EQ(target->has_query, row.has_query);
    std::string forwarded;
    append_origin_form(forwarded, *target);
    EXPECT_EQ(forwarded, std::string(row.path) + (row.has_query ? "?" : "") + std::string(row.query));
  }
}

TEST(Target, Query_IsLeftAlone) {
  std::string scratch;
  const auto target = parse_target("/a?x=/../%2f%00%ff\\|?&y//", kAuthority, EncodedSlash::Refuse, scratch);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->policy_path, "/a");
  EXPECT_EQ(target->query, "x=/../%2f%00%ff\\|?&y//");
}

TEST(Target, EncodedSlashPassed_StaysEncodedAndIsNoWayAround) {
  struct Row {
    std::string_view target, policy;  // policy "" where refused
  };
  std::string scratch;
  for (const Row& row : {
           Row{"/p/group%2fname", "/p/group%2Fname"},
           Row{"/fetch/https:%2F%2Fexample.org", "/fetch/https:%2F%2Fexample.org"},
           Row{"/a%2F", "/a%2F"},
           Row{"/public%2f..%2fadmin", ""},
           Row{"/public/..%2fadmin", ""},
           Row{"/a%2f%2e", ""},
           Row{"/a%2f..;x", ""},
           Row{"/%2fadmin", ""},
           Row{"/a%2f/b", ""},
           Row{"/a%5cb", ""},
       }) {
    const auto target = parse_target(row.target, kAuthority, EncodedSlash::Pass, scratch);
    ASSERT_EQ(target.has_value(), !row.policy.empty()) << row.target;
    if (!target) continue;
    EXPECT_TRUE(target->has_encoded_slash);
    EXPECT_EQ(target->policy_path, row.policy);
    EXPECT_EQ(target->path, row.target);
  }
  EXPECT_FALSE(parse_target("/a", kAuthority, EncodedSlash::Pass, scratch)->has_encoded_slash);
}

TEST(Target, Parameters_AreFlaggedAndCanBeStripped) {
  std::string scratch, stripped;
  EXPECT_TRUE(parse_target("/admin;x=1/users", kAuthority, EncodedSlash::Refuse, scratch)->has_parameters);
  EXPECT_TRUE(parse_target("/admin%3bx", kAuthority, EncodedSlash::Refuse, scratch)->has_parameters);
  EXPECT_FALSE(parse_target("/admin?a;b", kAuthority, EncodedSlash::Refuse, scratch)->has_parameters);
  EXPECT_EQ(path_without_parameters("/admin;x=1/users;y", stripped), "/admin/users");
  const std::string_view plain = "/admin";
  EXPECT_EQ(path_without_parameters(plain, stripped).data(), plain.data());
}

}  // namespace
}  // namespace quivive::http
