#include "gateway/login_page.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "gateway/web_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace quivive::gateway {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

constexpr PageSite kSite{"Example Intranet", "api.example.com", "data:image/png;base64,AAAA"};

std::string between(std::string_view text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.find(begin);
  if (from == std::string_view::npos) return {};
  const std::size_t at = from + begin.size();
  return std::string(text.substr(at, text.find(end, at) - at));
}

// The tag that begins with `begin`.
std::string tag(std::string_view html, std::string_view begin) { return std::string(begin) + between(html, begin, ">") + ">"; }

std::vector<std::string> all_pages(const PageSite& site, std::string_view text) {
  return {render(LoginPage{.site = site}), render(LoginPage{.site = site, .action = text, .return_to = text, .username = text, .message = text}),
          render(LogoutPage{.site = site, .action = text, .username = text}), render(LogoutPage{.site = site}), render(SignedOutPage{.site = site, .login = text})};
}

TEST(LoginPage, FirstVisit_AsksForBothAndFocusesTheName) {
  const std::string html = render(LoginPage{.site = kSite, .return_to = "/orders?page=2&x=1"});
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(html, HasSubstr("<title>Sign in – Example Intranet</title>"));
  EXPECT_THAT(html, HasSubstr("<img src=\"data:image/png;base64,AAAA\" alt=\"\">"));
  EXPECT_THAT(html, HasSubstr("<form method=\"post\" action=\"/.quivive/login\">"));
  EXPECT_THAT(html, HasSubstr("<input type=\"hidden\" name=\"return_to\" value=\"/orders?page=2&amp;x=1\">"));
  EXPECT_THAT(html, HasSubstr("<footer>api.example.com</footer>"));
  const std::string username = tag(html, "<input id=\"username\""), password = tag(html, "<input id=\"password\"");
  for (const std::string& field : {username, password}) {
    EXPECT_THAT(field, HasSubstr(" required"));
    EXPECT_THAT(field, Not(HasSubstr("aria-")));
    EXPECT_THAT(html, HasSubstr("<label for=\"" + between(field, "id=\"", "\"") + "\">"));
  }
  EXPECT_THAT(username, HasSubstr(" name=\"username\" value=\"\" autocomplete=\"username\""));
  EXPECT_THAT(username, HasSubstr(" autofocus"));
  EXPECT_THAT(password, HasSubstr(" name=\"password\" type=\"password\" autocomplete=\"current-password\""));
  EXPECT_THAT(password, Not(HasSubstr("autofocus")));
  EXPECT_THAT(html, Not(HasSubstr("role=\"alert\"")));
}

TEST(LoginPage, Refusal_IsSaidAndTheNameIsKept) {
  const std::string html = render(LoginPage{.site = kSite, .username = "alice", .message = "The user name or the password is wrong."});
  EXPECT_THAT(html, HasSubstr("<title>Not signed in – Example Intranet</title>"));
  EXPECT_THAT(html, HasSubstr("<p class=\"message\" id=\"message\" role=\"alert\">The user name or the password is wrong.</p>"));
  const std::string username = tag(html, "<input id=\"username\""), password = tag(html, "<input id=\"password\"");
  for (const std::string& field : {username, password}) EXPECT_THAT(field, HasSubstr("aria-invalid=\"true\" aria-describedby=\"message\""));
  EXPECT_THAT(username, HasSubstr(" value=\"alice\""));
  EXPECT_THAT(username, Not(HasSubstr("autofocus")));
  EXPECT_THAT(password, HasSubstr(" autofocus"));
  EXPECT_THAT(password, Not(HasSubstr("value=")));
}

TEST(LogoutPage, Button_Posts) {
  const std::string html = render(LogoutPage{.site = kSite, .username = "alice"});
  EXPECT_THAT(html, HasSubstr("<form method=\"post\" action=\"/.quivive/logout\">"));
  EXPECT_THAT(html, HasSubstr("You are signed in as <strong>alice</strong>."));
  EXPECT_THAT(html, HasSubstr("<button type=\"submit\">Sign out</button>"));
  EXPECT_THAT(render(LogoutPage{.site = kSite}), HasSubstr("<p>This ends your session in this browser.</p>"));
}

TEST(SignedOutPage, LeadsBack) {
  const std::string html = render(SignedOutPage{.site = kSite});
  EXPECT_THAT(html, HasSubstr("<h1>You are signed out</h1>"));
  EXPECT_THAT(html, HasSubstr("href=\"/.quivive/login\">Sign in again</a>"));
}

TEST(Pages, WhatIsNotKnown_IsLeftOut) {
  for (const std::string& html : all_pages({.realm = "api.example.com"}, "x")) {
    EXPECT_THAT(html, HasSubstr(" – api.example.com</title>"));
    EXPECT_THAT(html, HasSubstr("<p class=\"quiet\">api.example.com</p>"));
    EXPECT_THAT(html, Not(HasSubstr("<footer>")));
    EXPECT_THAT(html, Not(HasSubstr("<img")));
  }
  EXPECT_THAT(render(LoginPage{.site = {.name = "a", .realm = "a"}}), Not(HasSubstr("<footer>")));
  for (const std::string& html : all_pages({}, "x")) {
    EXPECT_THAT(html, Not(HasSubstr(" – ")));
    EXPECT_THAT(html, Not(HasSubstr("class=\"quiet\"")));
  }
}

// Threat: script by a user name, a return_to or a configured text.
TEST(Pages, HostileText_IsEscapedEverywhere) {
  constexpr std::string_view kHostile = "\"'><script>&amp;{style}";
  constexpr std::string_view kEscaped = "&quot;&#39;&gt;&lt;script&gt;&amp;amp;{style}";
  const PageSite site{kHostile, std::string_view("\"'><script>&realm"), kHostile};
  for (const std::string& html : all_pages(site, kHostile)) {
    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, Not(HasSubstr("{style}</title><style>")));
    EXPECT_THAT(html, HasSubstr("<title>"s + between(html, "<title>", " – ") + " – " + std::string(kEscaped) + "</title>"));
    EXPECT_THAT(html, HasSubstr("<img src=\"" + std::string(kEscaped) + "\" alt=\"\">"));
    EXPECT_THAT(html, HasSubstr("<footer>&quot;&#39;&gt;&lt;script&gt;&amp;realm</footer>"));
  }
  const std::string html = render(LoginPage{.action = kHostile, .return_to = kHostile, .username = kHostile, .message = kHostile});
  for (const std::string_view slot : {"action=\"", "name=\"return_to\" value=\"", "name=\"username\" value=\"", "role=\"alert\">"}) {
    EXPECT_THAT(html, HasSubstr(std::string(slot) + std::string(kEscaped))) << slot;
  }
  std::string out;
  append_html_escaped(out, "a\0b\xc3\xa4\n"s);
  EXPECT_EQ(out, "a\xef\xbf\xbd" "b\xc3\xa4\n");
}

TEST(Pages, NothingIsLeftToFillOrToLoad) {
  for (const std::string& html : all_pages(kSite, "x")) {
    const std::string css = between(html, "<style>", "</style>");
    EXPECT_EQ(css, kPageCss);
    EXPECT_EQ(css.find('<'), std::string::npos);
    std::string rest = html;
    rest.erase(rest.find(css), css.size());
    EXPECT_EQ(rest.find_first_of("{}"), std::string::npos) << rest;
    for (const std::string_view foreign : {"<script", "<link", "<iframe", "<object", " style=", "http:", "https:", "src=\"/", "url("}) EXPECT_THAT(html, Not(HasSubstr(foreign)));
    EXPECT_THAT(css, Not(HasSubstr("@import")));
  }
}

TEST(Pages, Policy_AllowsTheirStyleSheetByItsHash) {
  const std::string css = between(render(LoginPage{}), "<style>", "</style>");
  EXPECT_EQ(page_content_security_policy(), "default-src 'none'; style-src 'sha256-" + base64_encode(crypto::sha256(css).view()) +
                                                "'; img-src data:; base-uri 'none'; frame-ancestors 'none'");
  EXPECT_EQ(kPageReferrerPolicy, "same-origin");
}

// Relative luminance and contrast ratio, WCAG 2.2.
double luminance(const std::string& hex) {
  double sum = 0;
  constexpr std::array<double, 3> kWeights = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const double c = std::stoi(hex.substr(2 * i, 2), nullptr, 16) / 255.0;
    sum += kWeights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(const std::string& a, const std::string& b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

TEST(PageColours, LightAndDark_HaveTheContrastOfWcagAa) {
  const std::size_t dark_begins = kPageCss.find("(prefers-color-scheme: dark)");
  ASSERT_NE(dark_begins, std::string_view::npos);
  for (const std::string_view theme : {kPageCss.substr(0, dark_begins), kPageCss.substr(dark_begins)}) {
    struct Row {
      std::string_view ink, ground;
      double least;  // 4.5 for text (1.4.3), 3 for the edges of controls and the focus (1.4.11)
    };
    for (const Row& row : {Row{"text", "card", 4.5}, Row{"quiet", "card", 4.5}, Row{"quiet", "page", 4.5}, Row{"on-accent", "accent", 4.5}, Row{"on-accent", "accent-over", 4.5},
                           Row{"bad", "bad-page", 4.5}, Row{"field-line", "card", 3}, Row{"accent", "card", 3}}) {
      const std::string ink = between(theme, "--" + std::string(row.ink) + ": #", ";"), ground = between(theme, "--" + std::string(row.ground) + ": #", ";");
      ASSERT_EQ(ink.size(), 6u) << row.ink;
      ASSERT_EQ(ground.size(), 6u) << row.ground;
      EXPECT_GE(contrast(ink, ground), row.least) << row.ink << " on " << row.ground;
    }
  }
}

}  // namespace
}  // namespace quivive::gateway
