#include "agent/refresher.h"

#include "memory_vault.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace quivive::agent {
namespace {

using client::RefreshFailure;
using client::RefreshOutcome;
using client::Token;

std::string text(const Secret& secret) { return std::string(secret.reveal(RevealSecret{})); }

Token token(const std::string& name, std::optional<Instant> expires = {}) {
  return {Secret("access-" + name), Secret("refresh-" + name), expires};
}

client::Refresh wish(const Token& of) {
  client::Refresh out;
  out.reason = client::RefreshReason::Refused;
  out.token = of;
  return out;
}

std::string access(const RefreshOutcome& outcome) {
  const auto* got = std::get_if<Token>(&outcome);
  return got == nullptr ? "failed: " + std::get<RefreshFailure>(outcome).detail : text(got->access);
}

// What is kept, in memory, with a switch that breaks it.
class MemoryKeeper final : public TokenKeeper {
 public:
  explicit MemoryKeeper(Token first) : kept(std::move(first)) {}
  Token kept;
  bool broken = false;
  std::vector<std::string> events;
  int held = 0;
  bool full = false;
  std::optional<RefreshFailure> refuses;
  std::vector<std::chrono::milliseconds> patiences;

  [[nodiscard]] TokenKeeper::Holding hold(std::chrono::milliseconds patience) override {
    ++held;
    patiences.push_back(patience);
    if (refuses) return *refuses;
    return std::unique_ptr<Held>(std::make_unique<InMemory>(*this));
  }

 private:
  class InMemory final : public Held {
   public:
    explicit InMemory(MemoryKeeper& keeper) : keeper_(keeper) {}
    [[nodiscard]] const Token& token() const override { return keeper_.kept; }
    [[nodiscard]] Result<void> prepare(std::chrono::milliseconds) override {
      if (keeper_.full) return error("no room");
      return {};
    }
    [[nodiscard]] Result<void> save(const Token& token) override {
      if (keeper_.broken) return error("the disk is full");
      keeper_.events.push_back("saved " + text(token.refresh));
      keeper_.kept = token;
      return {};
    }

   private:
    MemoryKeeper& keeper_;
  };
};

const FixedClock kClock{from_unix_seconds(1'795'514'611)};

TEST(Refresher, AHundredThreads_OneRequest) {
  constexpr int kThreads = 100;
  std::atomic<int> requests = 0, arrived = 0;
  std::barrier together(kThreads);
  Refresher refresher(
      nullptr,
      [&](const client::TokenClient&, const Token& used, std::chrono::milliseconds) -> RefreshOutcome {
        ++requests;
        while (arrived < kThreads) std::this_thread::yield();  // nobody comes when it is over already
        EXPECT_EQ(text(used.refresh), "refresh-old");
        return token("new");
      },
      kClock);
  std::vector<std::string> got(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      ++arrived;
      got[static_cast<std::size_t>(i)] = access(refresher.newer(wish(token("old"))));
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(requests, 1);
  EXPECT_THAT(got, testing::Each("access-new"));
}

TEST(Refresher, ThreadsThatWait_ShareAFailure) {
  constexpr int kThreads = 20;
  std::atomic<int> requests = 0, arrived = 0;
  Refresher refresher(
      nullptr,
      [&](const client::TokenClient&, const Token&, std::chrono::milliseconds) -> RefreshOutcome {
        ++requests;
        while (arrived < kThreads) std::this_thread::yield();  // so that the others find it under way, or come too late
        return RefreshFailure{RefreshFailure::Kind::SignInAgain, "no more"};
      },
      kClock);
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      ++arrived;
      failures += std::holds_alternative<RefreshFailure>(refresher.newer(wish(token("old")))) ? 1 : 0;
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(failures, kThreads);
  EXPECT_EQ(requests, 1) << "a refused refresh token is not sent again";
}

TEST(Refresher, TheNewRefreshToken_IsUsedNext) {
  std::vector<std::string> sent;
  Refresher refresher(
      nullptr,
      [&](const client::TokenClient&, const Token& used, std::chrono::milliseconds) -> RefreshOutcome {
        sent.push_back(text(used.refresh));
        return token(std::to_string(sent.size()));
      },
      kClock);
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-1");
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-1") << "the old one is known to be old";
  EXPECT_EQ(access(refresher.newer(wish(token("1")))), "access-2");
  EXPECT_THAT(sent, testing::ElementsAre("refresh-old", "refresh-1"));
}

TEST(Refresher, NoNewRefreshToken_KeepsTheOld) {
  std::vector<std::string> sent;
  Refresher refresher(
      nullptr,
      [&](const client::TokenClient&, const Token& used, std::chrono::milliseconds) -> RefreshOutcome {
        sent.push_back(text(used.refresh));
        return Token{Secret("access-" + std::to_string(sent.size())), Secret(), {}};
      },
      kClock);
  const auto first = refresher.newer(wish(token("old")));
  EXPECT_EQ(access(refresher.newer(wish(std::get<Token>(first)))), "access-2");
  EXPECT_THAT(sent, testing::ElementsAre("refresh-old", "refresh-old"));
}

TEST(Refresher, AFailureThatMayPass_IsTriedAgain) {
  int requests = 0;
  Refresher refresher(
      nullptr,
      [&](const client::TokenClient&, const Token&, std::chrono::milliseconds) -> RefreshOutcome {
        if (++requests == 1) return RefreshFailure{RefreshFailure::Kind::TryLater, "503"};
        return token("new");
      },
      kClock);
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "failed: 503");
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-new");
}

TEST(Refresher, Kept_BeforeItIsHandedOut) {
  auto keeper = std::make_shared<MemoryKeeper>(token("old"));
  Refresher refresher(
      keeper,
      [&](const client::TokenClient&, const Token&, std::chrono::milliseconds) -> RefreshOutcome {
        keeper->events.emplace_back("asked");
        return token("new");
      },
      kClock);
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-new");
  EXPECT_THAT(keeper->events, testing::ElementsAre("asked", "saved refresh-new"));
}

TEST(Refresher, AnotherProcessWasHere_NothingIsAsked) {
  auto keeper = std::make_shared<MemoryKeeper>(token("theirs", kClock.now() + std::chrono::minutes{5}));
  Refresher refresher(
      keeper,
      [&](const client::TokenClient&, const Token&, std::chrono::milliseconds) -> RefreshOutcome {
        ADD_FAILURE() << "asked";
        return token("ours");
      },
      kClock);
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-theirs");
}

TEST(Refresher, WhatAnotherProcessLeft_HasEnded_ItsRefreshTokenIsSent) {
  auto keeper = std::make_shared<MemoryKeeper>(token("theirs", kClock.now()));
  Refresher refresher(
      keeper,
      [&](const client::TokenClient&, const Token& used, std::chrono::milliseconds) -> RefreshOutcome {
        EXPECT_EQ(text(used.refresh), "refresh-theirs");
        return token("ours");
      },
      kClock);
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-ours");
}

TEST(Refresher, NotKept_NotHandedOut_AndKeptLater) {
  auto keeper = std::make_shared<MemoryKeeper>(token("old"));
  int requests = 0;
  Refresher refresher(
      keeper,
      [&](const client::TokenClient&, const Token&, std::chrono::milliseconds) -> RefreshOutcome {
        ++requests;
        return token("new");
      },
      kClock);
  keeper->broken = true;
  const auto failed = refresher.newer(wish(token("old")));
  ASSERT_TRUE(std::holds_alternative<RefreshFailure>(failed));
  EXPECT_EQ(std::get<RefreshFailure>(failed).kind, RefreshFailure::Kind::TryLater);
  keeper->broken = false;
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-new");
  EXPECT_EQ(requests, 1) << "the refresh token from before is spent";
  EXPECT_EQ(text(keeper->kept.refresh), "refresh-new");
}

// Somebody signs in again before the tokens could be saved: theirs are not replaced by what came of the old sign-in.
TEST(Refresher, NotKept_AndAnotherSignInMeanwhile_IsLetGo) {
  const auto keeper = std::make_shared<MemoryKeeper>(token("old"));
  std::vector<std::string> sent;
  Refresher refresher(
      keeper,
      [&](const client::TokenClient&, const Token& used, std::chrono::milliseconds) -> RefreshOutcome {
        sent.push_back(text(used.refresh));
        return token("from-" + text(used.refresh));
      },
      kClock);
  keeper->broken = true;
  EXPECT_THAT(access(refresher.newer(wish(token("old")))), testing::HasSubstr("could not be saved"));
  keeper->broken = false;
  keeper->kept = token("signed-in", kClock.now());  // its access token is over already
  EXPECT_EQ(access(refresher.newer(wish(token("old")))), "access-from-refresh-signed-in");
  EXPECT_THAT(sent, testing::ElementsAre("refresh-old", "refresh-signed-in"));
}

TEST(Refresher, NoRefreshToken_AsksForASignIn) {
  auto keeper = std::make_shared<MemoryKeeper>(Token{Secret("access-old"), Secret(), {}});
  Refresher refresher(
      keeper,
      [&](const client::TokenClient&, const Token&, std::chrono::milliseconds) -> RefreshOutcome {
        ADD_FAILURE() << "asked";
        return token("new");
      },
      kClock);
  const auto outcome = refresher.newer(wish(Token{Secret("access-old"), Secret("refresh-old"), {}}));
  ASSERT_TRUE(std::holds_alternative<RefreshFailure>(outcome));
  EXPECT_EQ(std::get<RefreshFailure>(outcome).kind, RefreshFailure::Kind::SignInAgain);
}

RefreshOutcome never(const client::TokenClient&, const Token&, std::chrono::milliseconds) {
  ADD_FAILURE() << "asked";
  return token("new");
}

RefreshFailure::Kind kind(const RefreshOutcome& outcome) { return std::get<RefreshFailure>(outcome).kind; }

TEST(Refresher, NoRoomToSave_NothingIsAsked) {
  auto keeper = std::make_shared<MemoryKeeper>(token("old"));
  keeper->full = true;
  Refresher refresher(keeper, never, kClock);
  const auto outcome = refresher.newer(wish(token("old")));
  EXPECT_EQ(kind(outcome), RefreshFailure::Kind::TryLater);
  EXPECT_THAT(access(outcome), testing::HasSubstr("no room"));
}

TEST(Refresher, WhatTheKeeperSays_IsHandedOn) {
  auto keeper = std::make_shared<MemoryKeeper>(token("old"));
  keeper->refuses = RefreshFailure{RefreshFailure::Kind::SignInAgain, "gone"};
  Refresher refresher(keeper, never, kClock);
  EXPECT_EQ(kind(refresher.newer(wish(token("old")))), RefreshFailure::Kind::SignInAgain);
}

TEST(Refresher, NoTimeLeft_NothingIsAsked) {
  auto keeper = std::make_shared<MemoryKeeper>(token("old"));
  Refresher refresher(keeper, never, kClock);
  EXPECT_EQ(kind(refresher.newer(wish(token("old")), std::chrono::steady_clock::now())), RefreshFailure::Kind::TryLater);
  EXPECT_THAT(keeper->patiences, testing::ElementsAre(std::chrono::milliseconds{1}));
}

TEST(Refresher, TheTimeThatIsLeft_BoundsTheRequest) {
  Refresher refresher(
      nullptr,
      [](const client::TokenClient&, const Token&, std::chrono::milliseconds patience) -> RefreshOutcome {
        EXPECT_LE(patience, std::chrono::seconds{5});
        return token("new");
      },
      kClock);
  EXPECT_EQ(access(refresher.newer(wish(token("old")), std::chrono::steady_clock::now() + std::chrono::seconds{5})), "access-new");
}

class ProfileKeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    profile_.issuer = "https://id.example.com";
    profile_.client.token_endpoint = "https://id.example.com/token";
    profile_.client.client_id = "cli";
    profile_.origins = {"https://api.example.com"};
    profile_.token = token("old");
    ASSERT_TRUE(file_.replace(profile_));
  }
  [[nodiscard]] RefreshOutcome refreshed() const {
    Profile before = profile_;
    Refresher refresher(std::make_shared<ProfileKeeper>(OpenedProfile{store_, identity_of(before)}), never, kClock);
    return refresher.newer(wish(token("old")));
  }
  support::TempFolder folder_;
  const TokenFile file_{folder_.path("quivive/profiles"), "p"};
  MemoryVault vault_;
  const ProfileStore store_{folder_.path("quivive/profiles"), "p", vault_};
  Profile profile_;
};

TEST_F(ProfileKeeperTest, AnotherSignIn_IsNotUsed) {
  Profile issuer = profile_, endpoint = profile_, client = profile_, origins = profile_;
  issuer.issuer = "https://other.example.com";
  endpoint.client.token_endpoint = "https://id.example.com/other";
  client.client.client_id = "other";
  origins.origins = {"https://other.example.com"};
  for (Profile* changed : {&issuer, &endpoint, &client, &origins}) {
    changed->token = token("theirs");
    ASSERT_TRUE(file_.replace(*changed));
    const auto outcome = refreshed();
    ASSERT_TRUE(std::holds_alternative<RefreshFailure>(outcome)) << access(outcome);
    EXPECT_EQ(kind(outcome), RefreshFailure::Kind::OtherSignIn);
    EXPECT_THAT(access(outcome), testing::HasSubstr("changed meanwhile"));
  }
}

TEST_F(ProfileKeeperTest, TheSameSignInRenewed_IsUsed) {
  Profile renewed = profile_;
  renewed.token = token("theirs");
  ASSERT_TRUE(file_.replace(renewed));
  EXPECT_EQ(access(refreshed()), "access-theirs");
}

TEST_F(ProfileKeeperTest, Removed_AsksForASignIn) {
  ASSERT_TRUE(*file_.remove());
  EXPECT_EQ(kind(refreshed()), RefreshFailure::Kind::SignInAgain);
}

}  // namespace
}  // namespace quivive::agent
