#include "diagnose/readers/kept_exchanges.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace quivive::diagnose {
namespace {

constexpr std::size_t kBudget = 256 * 1024;

Exchange exchange(std::string_view method, std::string_view url, int status, std::string body = {}) {
  Exchange out;
  out.request.emplace();
  out.request->method = method;
  out.request->url = parse_url(url);
  out.response.emplace();
  out.response->status = status;
  out.response->body = std::move(body);
  return out;
}

struct Recording {
  KeptExchanges kept{kBudget};
  std::size_t next = 0;
  std::size_t add(Exchange one) {
    one.index = next++;
    kept.add(std::move(one));
    EXPECT_LE(kept.bytes(), kBudget);
    return next - 1;
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) add(exchange("GET", fmt::format("https://a.test/static/{}", next), 200, std::string(2000, 'x')));
  }
};

const Exchange* find(const std::vector<Exchange>& exchanges, std::size_t index) {
  const auto found = std::find_if(exchanges.begin(), exchanges.end(), [&](const Exchange& one) { return one.index == index; });
  return found == exchanges.end() ? nullptr : &*found;
}

TEST(KeptExchanges, Few_AreAllKept) {
  Recording recording;
  recording.fill(50);
  const auto kept = recording.kept.take();
  ASSERT_EQ(kept.size(), 50u);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(kept[i].index, i);
    EXPECT_EQ(kept[i].response->body.size(), 2000u);
  }
}

TEST(KeptExchanges, TooMany_LoseBodiesFirst) {
  Recording recording;
  recording.fill(120);
  const auto kept = recording.kept.take();
  EXPECT_EQ(kept.size(), 120u);
  EXPECT_TRUE(kept.front().response->body.empty());
  EXPECT_TRUE(kept.front().response->body_cut);
  EXPECT_EQ(kept.back().response->body.size(), 2000u);
}

TEST(KeptExchanges, WhatCanMatter_Stays) {
  Recording recording;
  std::vector<std::size_t> expected;
  const auto keep = [&](Exchange one) { expected.push_back(recording.add(std::move(one))); };
  recording.fill(200);
  for (const int status : {400, 401, 403, 404, 407, 413, 429, 431, 301, 302, 307}) {
    keep(exchange("GET", fmt::format("https://a.test/s/{}", status), status, "why"));
  }
  Exchange cookie = exchange("POST", "https://a.test/login", 200);
  cookie.response->headers.add("Set-Cookie", "sid=1");
  keep(std::move(cookie));
  keep(exchange("OPTIONS", "https://a.test/v1/x", 204));
  recording.fill(100);
  keep(exchange("PUT", "https://a.test/v1/x", 200));  // follows the preflight
  Exchange page = exchange("GET", "https://a.test/api", 200, "<form><input type=\"password\"></form>");
  page.request->headers.add("Accept", "application/json");
  page.response->headers.add("Content-Type", "text/html; charset=utf-8");
  keep(std::move(page));
  keep(exchange("POST", "https://a.test/graphql", 200, R"({"errors":[{"code":"UNAUTHENTICATED"}]})"));
  keep(exchange("GET", "https://id.test/.well-known/openid-configuration", 200, "{}"));
  keep(exchange("GET", "https://a.test/s/401", 200));  // the refused request succeeds at last
  Exchange failed = exchange("GET", "https://a.test/cors", 0);
  failed.response.reset();
  failed.remarks.push_back("net::ERR_FAILED");
  keep(std::move(failed));
  recording.fill(800);
  EXPECT_EQ(recording.kept.total(), recording.next);
  const auto kept = recording.kept.take();
  EXPECT_LT(kept.size(), 600u);
  for (const std::size_t index : expected) EXPECT_NE(find(kept, index), nullptr) << index;
  EXPECT_EQ(find(kept, 201)->response->body, "why");
  EXPECT_EQ(find(kept, 0), nullptr);
}

TEST(KeptExchanges, NothingButRefusals_KeepsTheFirstAndTheLast) {
  Recording recording;
  for (int i = 0; i < 1000; ++i) recording.add(exchange("GET", fmt::format("https://a.test/{}", i), 401, std::string(5000, 'x')));
  const auto kept = recording.kept.take();
  for (std::size_t i = 0; i < kFirstsKept; ++i) EXPECT_EQ(kept[i].index, i);
  EXPECT_EQ(kept.back().index, 999u);
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end(), [](const Exchange& a, const Exchange& b) { return a.index < b.index; }));
}

}  // namespace
}  // namespace quivive::diagnose
