// The client over real connections: an API and a token endpoint on this machine.

#include "agent/client.h"

#include "memory_vault.h"
#include "small_server.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace quivive::agent {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

const FixedClock kClientClock{from_unix_seconds(1'795'514'611)};

// random_ is called under the client's lock only.
class ClientTest : public testing::Test {
 protected:
  client::Credentials bearer(const SmallServer& api, const SmallServer& issuer) const {
    client::Bearer out{{Secret("access-old"), Secret("refresh-old"), kClientClock.now() + std::chrono::hours{1}}, client::TokenClient{}};
    out.client->token_endpoint = issuer.url("/token");
    out.client->client_id = "cli";
    client::Credentials credentials;
    credentials.push_back({*client::origin_of(api.url()), std::move(out)});
    return credentials;
  }
  FixedRandom random_{7};
};

// Takes access-new only.
std::string api_answer(const Asked& asked) {
  if (asked.has("Authorization: Bearer access-new\r\n")) return response("200 OK", "", "orders");
  return response("401 Unauthorized", "WWW-Authenticate: Bearer realm=\"a\", error=\"invalid_token\"\r\n", "old");
}
std::string token_answer(const Asked&) {
  return response("200 OK", "Content-Type: application/json\r\n",
                  R"({"access_token":"access-new","refresh_token":"refresh-new","token_type":"Bearer","expires_in":3600})");
}

TEST_F(ClientTest, Get_RefreshesOnce) {
  SmallServer api(api_answer), issuer(token_answer);
  Client client(bearer(api, issuer), kClientClock, random_);
  const Response first = client.get(api.url("/orders"));
  EXPECT_TRUE(first.answered()) << first.explanation.summary;
  EXPECT_EQ(first.head.status, 200);
  EXPECT_EQ(first.body, "orders");
  EXPECT_EQ(client.get(api.url("/orders")).body, "orders");
  EXPECT_THAT(api.asked(), SizeIs(3));
  ASSERT_THAT(issuer.asked(), SizeIs(1));
  EXPECT_EQ(issuer.asked().at(0).body, "grant_type=refresh_token&refresh_token=refresh-old&client_id=cli");
}

TEST_F(ClientTest, AHundredThreads_AnExpiredToken_OneRefresh) {
  constexpr int kThreads = 100;
  SmallServer api(api_answer), issuer(token_answer);
  Client client(bearer(api, issuer), kClientClock, random_);
  std::barrier together(kThreads);
  std::vector<std::string> bodies(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      bodies[static_cast<std::size_t>(i)] = client.get(api.url("/orders")).body;
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_THAT(bodies, Each("orders"));
  EXPECT_THAT(issuer.asked(), SizeIs(1));
  EXPECT_LE(api.asked().size(), 2u * kThreads);
}

TEST_F(ClientTest, ALateRefusalOfTheOldToken_AsksNobody) {
  // The second call sends the old token, and is refused after the first has got the new one.
  std::atomic<bool> renewed = false;
  SmallServer issuer([&](const Asked& asked) {
    renewed = true;
    return token_answer(asked);
  });
  SmallServer api([&](const Asked& asked) {
    if (asked.has("GET /late ") && asked.has("access-old")) {
      while (!renewed) std::this_thread::yield();
    }
    return api_answer(asked);
  });
  Client client(bearer(api, issuer), kClientClock, random_);
  std::string late;
  std::thread other([&] { late = client.get(api.url("/late")).body; });
  while (api.connections() == 0) std::this_thread::yield();
  EXPECT_EQ(client.get(api.url("/early")).body, "orders");
  other.join();
  EXPECT_EQ(late, "orders");
  EXPECT_THAT(issuer.asked(), SizeIs(1));
}

TEST_F(ClientTest, Saved_BeforeItIsUsed) {
  support::TempFolder folder;
  const TokenFile file(folder.path("quivive/profiles"), "p");
  MemoryVault vault;
  const ProfileStore store(folder.path("quivive/profiles"), "p", vault);
  std::string kept_then;
  SmallServer issuer(token_answer);
  SmallServer api([&](const Asked& asked) {
    if (asked.has("access-new")) kept_then = folder.read("quivive/profiles/p.json");
    return api_answer(asked);
  });
  auto credentials = bearer(api, issuer);
  Profile profile;
  profile.issuer = "https://id.example.com";
  profile.token = std::get<client::Bearer>(credentials[0].what).token;
  ASSERT_TRUE(file.replace(profile));
  Client client(std::move(credentials), kClientClock, random_);
  client.keep(0, std::make_shared<ProfileKeeper>(OpenedProfile{store, identity_of(profile)}));
  EXPECT_EQ(client.get(api.url()).body, "orders");
  EXPECT_THAT(kept_then, HasSubstr("refresh-new"));
  EXPECT_THAT(kept_then, HasSubstr("https://id.example.com"));
}

TEST_F(ClientTest, RefreshThatFails_GivesTheRefusalItself) {
  SmallServer api(api_answer);
  SmallServer issuer([](const Asked&) { return response("400 Bad Request", "", R"({"error":"invalid_grant"})"); });
  Client client(bearer(api, issuer), kClientClock, random_);
  const Response answer = client.get(api.url());
  EXPECT_EQ(answer.outcome, client::Outcome::Refused);
  EXPECT_EQ(answer.explanation.cause, client::CallCause::SignInAgain);
  EXPECT_EQ(answer.head.status, 401);
  EXPECT_EQ(answer.body, "old");
  EXPECT_FALSE(answer.failure);
}

TEST_F(ClientTest, RetryAfterPastTheDeadline_IsNotCutShort) {
  SmallServer api([](const Asked&) { return response("503 Service Unavailable", "Retry-After: 300\r\n", "busy"); });
  ClientOptions options;
  options.rules.max_wait = std::chrono::seconds{600};
  options.max_time = std::chrono::seconds{20};
  Client client({}, kClientClock, random_, options);
  const Response answer = client.get(api.url());
  EXPECT_EQ(answer.outcome, client::Outcome::Later);
  EXPECT_EQ(answer.explanation.cause, client::CallCause::RetryLater);
  EXPECT_EQ(answer.until, kClientClock.now() + std::chrono::seconds{300});
  EXPECT_EQ(answer.head.status, 503);
  EXPECT_EQ(answer.body, "busy");
  EXPECT_THAT(api.asked(), SizeIs(1));
}

TEST_F(ClientTest, ARefresh_IsBoundedByTheWholeTime) {
  std::atomic<bool> over = false;
  SmallServer api(api_answer);
  SmallServer issuer([&](const Asked& asked) {
    while (!over) std::this_thread::yield();
    return token_answer(asked);
  });
  ClientOptions options;
  options.max_time = std::chrono::milliseconds{300};
  Client client(bearer(api, issuer), kClientClock, random_, options);
  const Response answer = client.get(api.url());
  over = true;
  EXPECT_EQ(answer.explanation.cause, client::CallCause::RefreshUnavailable);
  EXPECT_EQ(answer.head.status, 401);
  EXPECT_THAT(api.asked(), SizeIs(1));
}

TEST_F(ClientTest, ThreeLines_AreEnough) {
  SmallServer api([](const Asked& asked) { return response(asked.has("X-API-Key: k-1") ? "200 OK" : "401 Unauthorized", "", "x"); });
  client::Credentials credentials;
  credentials.push_back({*client::origin_of(api.url()), client::ApiKey{"X-API-Key", Secret("k-1")}});
  Client client{std::move(credentials)};
  EXPECT_TRUE(client.get(api.url()).answered());
}

TEST_F(ClientTest, Get_IsBounded) {
  SmallServer api([](const Asked&) { return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(kMaxBody + 1, 'x'); });
  Client client({}, kClientClock, random_);
  const Response response = client.get(api.url());
  ASSERT_TRUE(response.failure);
  EXPECT_THAT(*response.failure, HasSubstr("larger than"));
  EXPECT_FALSE(response.answered());
}

TEST_F(ClientTest, NoServer_IsAFailure) {
  std::string url;
  {
    const SmallServer gone([](const Asked&) { return std::string(); });
    url = gone.url();
  }
  Client client({}, kClientClock, random_);
  const Response response = client.get(url);
  EXPECT_TRUE(response.failure);
  EXPECT_EQ(response.outcome, client::Outcome::NotSent);
  EXPECT_EQ(response.head.status, 0);
}

TEST_F(ClientTest, FreshToken_OnlyWhenItIsDue) {
  SmallServer api(api_answer), issuer(token_answer);
  auto credentials = bearer(api, issuer);
  {
    Client client(credentials, kClientClock, random_);
    const auto token = client.fresh_token(0);
    EXPECT_EQ(std::get<client::Token>(token).access.reveal(RevealSecret{}), "access-old");
    EXPECT_THAT(issuer.asked(), SizeIs(0));
  }
  std::get<client::Bearer>(credentials[0].what).token.expires = kClientClock.now() - std::chrono::seconds{1};
  Client client(credentials, kClientClock, random_);
  EXPECT_EQ(std::get<client::Token>(client.fresh_token(0)).access.reveal(RevealSecret{}), "access-new");
  EXPECT_EQ(client.get(api.url()).body, "orders") << "calls use it from now on";
  EXPECT_THAT(issuer.asked(), SizeIs(1));
  EXPECT_THAT(api.asked(), SizeIs(1));
}

}  // namespace
}  // namespace quivive::agent
