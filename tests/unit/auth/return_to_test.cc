#include "auth/return_to.h"

#include "http/query.h"

#include <gtest/gtest.h>

#include <string>

namespace quivive::auth {
namespace {

using namespace std::string_literals;

TEST(ReturnTo, PathsOfThisSite_AreKept) {
  for (const std::string_view text :
       {"/", "/orders", "/orders/", "/orders?page=2&x=a%20b", "/?", "/?q", "/a/b.c/~d;v=1/e", "/a%20b", "/%C3%A4", "/a:b@c", "/@evil.example", "/javascript:alert(1)", "/http:evil.example",
        "/a?next=//evil.example", "/a?next=https://evil.example/", "/a?x=../..//evil", "/a?x=%5c%2f%0d", "/.well-known/x", "/.quivive/oauth/authorize?client_id=a&state=b", "/.quivive/oauth/device", "/.quivivex/", "/quivive/login", "/a/.quivive/logout",
        "/...", "/a/...b", "/a?\"<>'"}) {
    EXPECT_EQ(checked_return_to(text), text);
    EXPECT_EQ(checked_return_to(text).data(), text.data()) << text;
  }
}

TEST(ReturnTo, WhateverABrowserCouldTakeElsewhere_IsTheRoot) {
  for (const std::string_view text : {
           // No path.
           "", "orders", "?x", "#x", " /a", "http:evil.example", "http:/evil.example", "http://evil.example/", "https://evil.example/x", "HTTPS://evil.example", "http:///evil.example",
           "javascript:alert(1)", "data:text/html,x", "evil.example", "@evil.example", ".evil.example", ";@evil.example",
           // Another authority.
           "//", "//evil.example", "///", "///evil.example", "////evil.example", "/\\evil.example", "/\\/evil.example", "\\/evil.example", "\\\\evil.example", "//\\evil.example", "//@evil.example",
           "//u@evil.example:80/x", "//[::1]/",
           // Browsers strip tab, line feed and carriage return before anything else.
           "/\tevil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", "/a\r\nSet-Cookie: x=y", "/a\x0b", "/a\x1f", "/a\x7f", "/a b",
           // Dot segments are gone before the path is looked at again; the encoded ones as well.
           "/.", "/..", "/./", "/a/.", "/a/..", "/.//evil.example", "/..//evil.example", "/x/..//evil.example", "/x/../..//evil.example", "/%2e//evil.example", "/%2E%2e//evil.example",
           "/x/%2e%2e//evil.example", "/.%2e/x", "/x//evil.example", "/x//", "/;@evil.example", "/;/evil.example", "/;//evil.example", "/..;/evil.example", "/.;/x",
           // Somebody will decode once more.
           "/%2f%2fevil.example", "/%2Fevil.example", "/x/%2f/evil.example", "/%5cevil.example", "/%5C%5Cevil.example", "/%09/evil.example", "/%0d%0aSet-Cookie:x", "/%00", "/%7f",
           // Not as a request has it.
           "/a#b", "/#//evil.example", "/a?b#c", "/a\\b", "/a?x=\\evil", "/\xc3\xa4", "/a?\xc3\xa4", "/%", "/%zz", "/%4", "/%c0%af", "/%ff", "/a?%zz", "/a?b c", "/a<b>", "/a\"b", "/%23", "/%3f",
           // Our own.
           "/.quivive", "/.quivive/", "/.quivive/oauth", "/.quivive/oauth/token", "/.quivive/oauth/authorize/", "/.quivive/oauth/device;x", "/.quivive/oauth/device/login", "/.quivive/login", "/.quivive/logout?x", "/%2equivive/logout", "/.%71uivive/logout", "/.quivive;x/logout", "/.quivive?x",
       }) {
    EXPECT_EQ(checked_return_to(text), "/") << text;
  }
  EXPECT_EQ(checked_return_to("/a\0b"s), "/");
}

TEST(ReturnTo, Length_IsBounded) {
  const std::string longest = "/" + std::string(kMaxReturnToBytes - 1, 'a');
  EXPECT_EQ(checked_return_to(longest), longest);
  EXPECT_EQ(checked_return_to(longest + "a"), "/");
}

TEST(LoginLocation, Target_ComesBackFromTheQuery) {
  for (const std::string_view target : {"/", "/orders?page=2&return_to=/x", "/a%20b?q=a+b;c", "/a?\"<>'&=%26#"}) {
    std::string out = "x";
    append_login_location(out, target);
    ASSERT_TRUE(out.starts_with("x/.quivive/login?return_to=%2F")) << out;
    for (const char c : out) EXPECT_TRUE(c > 0x20 && c < 0x7f && c != '#' && c != '"' && c != '\\') << out;
    const http::QueryMatch match = http::find_parameter(std::string_view(out).substr(out.find('?') + 1), "return_to");
    EXPECT_EQ(match.count, 1u) << out;
    EXPECT_EQ(http::form_decode(match.value), checked_return_to(target)) << out;
  }
  std::string out;
  append_login_location(out, "/orders?page=2");
  EXPECT_EQ(out, "/.quivive/login?return_to=%2Forders%3Fpage%3D2");
  out.clear();
  append_login_location(out, "https://evil.example/");
  EXPECT_EQ(out, "/.quivive/login?return_to=%2F");
}

}  // namespace
}  // namespace quivive::auth
