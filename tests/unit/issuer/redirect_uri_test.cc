#include "issuer/redirect_uri.h"

#include <gtest/gtest.h>

namespace quivive::issuer {
namespace {

TEST(RedirectUri, WhatAClientMayBeMadeWith) {
  for (const std::string_view uri : {"https://app.example.com/back", "https://app.example.com", "https://app.example.com:8443/back?tenant=1", "http://127.0.0.1/back",
                                     "http://127.0.0.1:8400/back", "http://[::1]:8400/", "com.example.app:/back", "com.example.app://back"}) {
    EXPECT_TRUE(check_redirect_uri(uri)) << uri;
  }
}

TEST(RedirectUri, WhatItMayNotBeMadeWith) {
  for (const std::string_view uri : {"", "back", "/back", "//app.example.com/back", "http://app.example.com/back", "http://localhost/back", "http://127.0.0.1.example.com/",
                                     "http://127.0.0.1@evil.example/", "http://127.0.0.1:port/", "http://127.0.0.1:123456/", "https://", "https:///back", "https://user@app.example.com/",
                                     "https://app.example.com/#top", "https://[::1", "https://a.example:99999/", "https://a.example:/", "https://a%0d/", "https://app.example.com/a b", "https://app.example.com/\r\nX: y", "https://app.example.com/\\evil",
                                     "javascript:alert(1)", "data:text/html,x", "app:/back", "Com.example:/back", "com.example:"}) {
    EXPECT_FALSE(check_redirect_uri(uri)) << uri;
  }
}

TEST(RedirectUri, ComparedByteForByte_ButForThePortOnLoopback) {
  struct Row {
    std::string_view registered, wanted;
    bool same;
  };
  constexpr Row kPairs[] = {{"https://app.example.com/back", "https://app.example.com/back", true},
                            {"https://app.example.com/back", "https://app.example.com:443/back", false},
                            {"https://app.example.com/back", "https://app.example.com/back/", false},
                            {"https://app.example.com/back", "https://app.example.com/back?x=1", false},
                            {"https://app.example.com/back", "https://APP.example.com/back", false},
                            {"https://app.example.com/back", "https://app.example.com.evil.example/back", false},
                            {"http://127.0.0.1/back", "http://127.0.0.1:51234/back", true},
                            {"http://127.0.0.1:1/back", "http://127.0.0.1/back", true},
                            {"http://127.0.0.1/back", "http://127.0.0.1:51234/other", false},
                            {"http://127.0.0.1/back", "http://[::1]:51234/back", false},
                            {"http://127.0.0.1/back", "http://127.0.0.1:@evil.example/back", false},
                            {"http://127.0.0.1/back", "http://127.0.0.1.evil.example/back", false},
                            {"http://127.0.0.1/back", "http://127.0.0.1:99999/back", false},
                            {"http://127.0.0.1/back", "https://127.0.0.1/back", false}};
  for (const Row& row : kPairs) EXPECT_EQ(same_redirect_uri(row.registered, row.wanted), row.same) << row.registered << ' ' << row.wanted;
}

}  // namespace
}  // namespace quivive::issuer
