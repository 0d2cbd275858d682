// Profiles whose secrets are in a vault: what is where at each step, and what happens when the vault does not do its part.

#include "agent/profile_store.h"

#include "agent/refresher.h"
#include "agent/secret_service.h"
#include "agent/token_keeper.h"
#include "memory_vault.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

namespace quivive::agent {
namespace {

using client::RefreshFailure;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using FileFault = TokenFileError::Kind;

const FixedClock kStoreClock{from_unix_seconds(1'795'514'611)};
const VaultError kLockedVault{VaultError::Kind::Locked, "the keyring is locked; unlock it and try again"};

std::string shown(const Secret& secret) { return std::string(secret.reveal(RevealSecret{})); }

Profile signed_in(const std::string& name, Keeping keeping) {
  Profile out;
  out.issuer = "https://id.example.com";
  out.origins = {"https://api.example.com"};
  out.client = {"https://id.example.com/token", "cli", Secret("hush-hush"), client::ClientAuthentication::Post, "orders"};
  out.scope = "orders";
  out.token = {Secret("access-" + name), Secret("refresh-" + name), from_unix_seconds(1'795'514'611), from_unix_seconds(1'795'514'011)};
  out.kept_in = keeping;
  return out;
}

class ProfileStoreTest : public testing::Test {
 protected:
  void keep(const std::string& name, Keeping keeping = Keeping::SecretService) {
    const auto done = store_.replace(signed_in(name, keeping), random_);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->kept_in, keeping);
    EXPECT_EQ(done->why_file + done->left_behind, "");
  }
  [[nodiscard]] std::string file_text() const { return folder_.read("quivive/profiles/p.json"); }
  [[nodiscard]] FileFault fault() const { return store_.read().error().kind; }

  support::TempFolder folder_;
  const std::string profiles_ = folder_.path("quivive/profiles");
  MemoryVault vault_;
  FixedRandom random_;
  const ProfileStore store_{profiles_, "p", vault_};
};

TEST_F(ProfileStoreTest, WhatIsKept_IsRead_FromEither) {
  for (const auto keeping : {Keeping::File, Keeping::SecretService, Keeping::File}) {
    keep("one", keeping);
    const auto read = store_.read();
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->kept_in, keeping);
    EXPECT_EQ(identity_of(*read), identity_of(signed_in("one", keeping)));
    EXPECT_EQ(read->scope, "orders");
    EXPECT_EQ(read->client.authentication, client::ClientAuthentication::Post);
    EXPECT_EQ(shown(read->client.client_secret), "hush-hush");
    EXPECT_EQ(shown(read->token.access), "access-one");
    EXPECT_EQ(shown(read->token.refresh), "refresh-one");
    EXPECT_EQ(read->token.expires, from_unix_seconds(1'795'514'611));
    EXPECT_EQ(read->token.issued, from_unix_seconds(1'795'514'011));
  }
}

TEST_F(ProfileStoreTest, InTheVault_TheFileHasNoSecret) {
  keep("one", Keeping::File);
  keep("two");
  EXPECT_THAT(file_text(), HasSubstr(R"("kept_in":"secret-service")"));
  for (const char* hidden : {"hush", "access", "refresh"}) EXPECT_THAT(file_text(), Not(HasSubstr(hidden)));
  for (const auto& entry : std::filesystem::directory_iterator(profiles_)) {
    EXPECT_EQ(entry.path().filename(), "p.json") << "a file with the old secrets was left";
  }
  ASSERT_THAT(vault_.items, SizeIs(1));
  EXPECT_THAT(vault_.items.begin()->second, HasSubstr("refresh-two"));
}

TEST_F(ProfileStoreTest, BackToTheFile_NothingStaysInTheVault) {
  keep("one");
  keep("two", Keeping::File);
  EXPECT_THAT(vault_.items, IsEmpty());
  EXPECT_THAT(file_text(), HasSubstr("refresh-two"));
}

TEST_F(ProfileStoreTest, InTheFile_TheVaultIsNotAsked) {
  vault_.shut = kLockedVault;
  keep("one", Keeping::File);
  keep("two", Keeping::File);
  EXPECT_TRUE(store_.read());
  EXPECT_TRUE(store_.remove()->was_there);
  EXPECT_THAT(vault_.events, IsEmpty());
}

TEST_F(ProfileStoreTest, ASecondSignIn_LeavesOneItem) {
  keep("one");
  vault_.items[{profiles_, "p", "of a process that was killed"}] = "{}";
  vault_.items[{profiles_, "other", "x"}] = "{}";
  vault_.items[{"/another/folder", "p", "x"}] = "{}";
  keep("two");
  EXPECT_THAT(vault_.items, SizeIs(3)) << "other profiles and folders stay";
  EXPECT_EQ(shown(store_.read()->token.refresh), "refresh-two");
}

TEST_F(ProfileStoreTest, TheVaultTakesNothing_WhatWasKeptStays) {
  keep("one", Keeping::File);
  vault_.takes_nothing = kLockedVault;
  const auto done = store_.replace(signed_in("two", Keeping::SecretService), random_);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, FileFault::Shut);
  EXPECT_THAT(done.error().message, HasSubstr("unlock it"));
  EXPECT_EQ(shown(store_.read()->token.refresh), "refresh-one");
}

TEST_F(ProfileStoreTest, TheFileCannotBeWritten_WhatWasKeptStays) {
  keep("one");
  std::filesystem::permissions(profiles_, std::filesystem::perms::all);  // which is refused
  EXPECT_FALSE(store_.replace(signed_in("two", Keeping::SecretService), random_));
  std::filesystem::permissions(profiles_, std::filesystem::perms::owner_all);
  EXPECT_THAT(vault_.items, SizeIs(1));
  EXPECT_EQ(shown(store_.read()->token.refresh), "refresh-one");
}

TEST_F(ProfileStoreTest, TheOldItemStays_IsSaid) {
  keep("one");
  vault_.shut = kLockedVault;
  const auto done = store_.replace(signed_in("two", Keeping::File), random_);
  ASSERT_TRUE(done);
  EXPECT_THAT(done->left_behind, HasSubstr("still be in the Secret Service"));
  EXPECT_EQ(shown(store_.read()->token.refresh), "refresh-two");
}

class LeftBehindTest : public ProfileStoreTest {
 protected:
  void SetUp() override {
    keep("one");
    vault_.shut = kLockedVault;
    EXPECT_NE(store_.replace(signed_in("two", Keeping::File), random_)->left_behind, "");
    vault_.shut.reset();
    EXPECT_THAT(vault_.items, SizeIs(1));
  }
};

TEST_F(LeftBehindTest, TheNextSignIn_RemovesIt_AndNoMoreIsAsked) {
  EXPECT_THAT(file_text(), HasSubstr(R"("left_in":"secret-service")"));
  keep("three", Keeping::File);
  EXPECT_THAT(vault_.items, IsEmpty());
  EXPECT_THAT(file_text(), Not(HasSubstr("left_in")));
  vault_.events.clear();
  keep("four", Keeping::File);
  EXPECT_THAT(vault_.events, IsEmpty());
}

TEST_F(LeftBehindTest, ARefresh_KeepsTheMark) {
  Profile renewed = *store_.read();
  renewed.token.refresh = Secret("refresh-three");
  ASSERT_TRUE(store_.renew(renewed, {}));
  EXPECT_THAT(file_text(), HasSubstr("refresh-three"));
  EXPECT_TRUE(store_.read()->left_in_vault);
}

TEST_F(LeftBehindTest, StillLocked_TheMarkStays) {
  vault_.shut = kLockedVault;
  EXPECT_NE(store_.replace(signed_in("three", Keeping::File), random_)->left_behind, "");
  EXPECT_TRUE(store_.read()->left_in_vault);
}

TEST_F(LeftBehindTest, Removed_WithTheProfile) {
  const auto removed = store_.remove();
  EXPECT_TRUE(removed->was_there);
  EXPECT_EQ(removed->left_behind, "");
  EXPECT_THAT(vault_.items, IsEmpty());
}

TEST_F(LeftBehindTest, NotRemoved_WhileItIsLocked_IsSaid) {
  vault_.shut = kLockedVault;
  const auto removed = store_.remove();
  EXPECT_TRUE(removed->was_there);
  EXPECT_THAT(removed->left_behind, HasSubstr("unlock it"));
  EXPECT_EQ(fault(), FileFault::Missing);
}

TEST_F(ProfileStoreTest, AFileThatCannotBeRead_IsRemovedWithItsItem) {
  for (const bool locked : {false, true}) {
    keep("one");
    folder_.write("quivive/profiles/p.json", "{");
    ASSERT_EQ(fault(), FileFault::Broken);
    if (locked) vault_.shut = kLockedVault;
    const auto removed = store_.remove();
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_TRUE(removed->was_there);
    EXPECT_EQ(removed->left_behind.empty(), !locked);
    EXPECT_EQ(vault_.items.empty(), !locked);
  }
}

TEST_F(ProfileStoreTest, TheVaultTakesNothing_TheFileDoes_WhereItMay) {
  vault_.takes_nothing = kLockedVault;
  const auto done = store_.replace(signed_in("one", Keeping::SecretService), random_, ProfileStore::WithoutVault::OrFile);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->kept_in, Keeping::File);
  EXPECT_EQ(done->why_file, kLockedVault.message);
  EXPECT_EQ(done->left_behind, "") << "a locked one took nothing";
  EXPECT_EQ(shown(store_.read()->token.refresh), "refresh-one");
  EXPECT_EQ(store_.read()->kept_in, Keeping::File);
  EXPECT_THAT(vault_.events, ElementsAre("store"));
}

TEST_F(ProfileStoreTest, TheVaultDidNotAnswer_ItMayHaveTheItem_AndIsAskedLater) {
  vault_.takes_nothing = VaultError{VaultError::Kind::Failed, "the Secret Service did not answer within 10 s"};
  const auto done = store_.replace(signed_in("one", Keeping::SecretService), random_, ProfileStore::WithoutVault::OrFile);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(done->left_behind, HasSubstr("did not answer"));
  EXPECT_THAT(vault_.events, ElementsAre("store")) << "it was waited for twice";
  vault_.items[{profiles_, "p", "made all the same"}] = "{}";
  vault_.takes_nothing.reset();
  keep("two", Keeping::File);
  EXPECT_THAT(vault_.items, IsEmpty());
}

TEST_F(ProfileStoreTest, Forgotten_WithoutTheVault) {
  keep("one");
  vault_.shut = kLockedVault;
  vault_.events.clear();
  EXPECT_TRUE(*store_.forget());
  EXPECT_EQ(fault(), FileFault::Missing);
  EXPECT_THAT(vault_.events, IsEmpty());
}

TEST_F(ProfileStoreTest, TheVaultIsShut_OrItsItemGone) {
  keep("one");
  vault_.shut = kLockedVault;
  EXPECT_EQ(fault(), FileFault::Shut);
  EXPECT_THAT(store_.read().error().message, HasSubstr("unlock it"));
  EXPECT_EQ(store_.read_file()->issuer, "https://id.example.com");
  EXPECT_FALSE(store_.remove()) << "nobody would find the item again";
  EXPECT_TRUE(std::filesystem::exists(store_.path()));
  vault_.shut.reset();
  vault_.items.clear();
  EXPECT_EQ(fault(), FileFault::NoSecrets);
  EXPECT_TRUE(store_.remove()->was_there);
  EXPECT_EQ(fault(), FileFault::Missing);
}

TEST_F(ProfileStoreTest, Removed_FromBoth) {
  keep("one");
  EXPECT_TRUE(store_.remove()->was_there);
  EXPECT_THAT(vault_.items, IsEmpty());
  EXPECT_FALSE(store_.remove()->was_there);
}

TEST_F(ProfileStoreTest, SignedInAgain_BetweenFileAndItem_IsReadAnew) {
  keep("one");
  vault_.before_load = [this](MemoryVault&) { keep("two"); };
  const auto read = store_.read();
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(shown(read->token.refresh), "refresh-two");
}

TEST_F(ProfileStoreTest, AnItemThatIsNoneOfOurs_IsNotQuoted) {
  keep("one");
  for (const char* broken : {"", "[]", R"({"access_token":"sesame")", R"({"access_token":"sesame","expires":-1})"}) {
    vault_.items.begin()->second = broken;
    const auto read = store_.read();
    ASSERT_FALSE(read) << broken;
    EXPECT_EQ(read.error().kind, FileFault::Broken);
    EXPECT_THAT(read.error().message, Not(HasSubstr("sesame")));
  }
}

TEST_F(ProfileStoreTest, AFileThatNamesNoItem_IsBroken) {
  keep("one", Keeping::File);
  for (const char* broken : {R"({"kept_in":"drawer"})", R"({"kept_in":"secret-service"})"}) {
    folder_.write("quivive/profiles/p.json", broken);
    EXPECT_EQ(fault(), FileFault::Broken) << broken;
  }
}

// --- a refresh

class VaultRefreshTest : public ProfileStoreTest {
 protected:
  void SetUp() override { keep("old"); }
  [[nodiscard]] Refresher refresher() {
    return {std::make_shared<ProfileKeeper>(OpenedProfile{store_, identity_of(signed_in("old", Keeping::SecretService))}),
            [this](const client::TokenClient&, const client::Token& used, std::chrono::milliseconds) -> client::RefreshOutcome {
              sent_.push_back(shown(used.refresh));
              if (while_asked_) while_asked_();
              return client::Token{Secret("access-new"), Secret("refresh-new"), {}};
            },
            kStoreClock};
  }
  [[nodiscard]] static client::Refresh wish() {
    client::Refresh out;
    out.reason = client::RefreshReason::Refused;
    out.token = signed_in("old", Keeping::SecretService).token;
    return out;
  }
  static std::string access(const client::RefreshOutcome& outcome) {
    const auto* token = std::get_if<client::Token>(&outcome);
    return token == nullptr ? "failed: " + std::get<RefreshFailure>(outcome).detail : shown(token->access);
  }
  std::vector<std::string> sent_;
  std::function<void()> while_asked_;
};

TEST_F(VaultRefreshTest, NewTokens_AreInTheVaultBeforeTheyAreUsed) {
  const std::string file_before = file_text();
  auto one = refresher();
  EXPECT_EQ(access(one.newer(wish())), "access-new");
  EXPECT_EQ(shown(store_.read()->token.refresh), "refresh-new");
  EXPECT_EQ(shown(store_.read()->client.client_secret), "hush-hush");
  EXPECT_EQ(file_text(), file_before);
  EXPECT_THAT(sent_, ElementsAre("refresh-old"));
}

TEST_F(VaultRefreshTest, AnotherProcessWasHere_NothingIsAsked) {
  Profile renewed = *store_.read();
  renewed.token = {Secret("access-theirs"), Secret("refresh-theirs"), kStoreClock.now() + std::chrono::minutes{5}, std::nullopt};
  ASSERT_TRUE(store_.renew(renewed, {}));
  auto one = refresher();
  EXPECT_EQ(access(one.newer(wish())), "access-theirs");
  EXPECT_THAT(sent_, IsEmpty());
}

TEST_F(VaultRefreshTest, TheVaultTakesNothing_TheRefreshTokenIsNotSpent) {
  vault_.takes_nothing = kLockedVault;
  auto one = refresher();
  const auto outcome = one.newer(wish());
  EXPECT_THAT(access(outcome), HasSubstr("unlock it"));
  EXPECT_EQ(std::get<RefreshFailure>(outcome).kind, RefreshFailure::Kind::TryLater);
  EXPECT_THAT(sent_, IsEmpty());
}

TEST_F(VaultRefreshTest, LockedWhileTheIssuerIsAsked_NotHandedOut_AndKeptLater) {
  while_asked_ = [this] { vault_.takes_nothing = kLockedVault; };
  auto one = refresher();
  EXPECT_THAT(access(one.newer(wish())), HasSubstr("could not be saved"));
  vault_.takes_nothing.reset();
  EXPECT_EQ(access(one.newer(wish())), "access-new");
  EXPECT_THAT(sent_, ElementsAre("refresh-old")) << "a spent refresh token was sent again";
  EXPECT_EQ(shown(store_.read()->token.refresh), "refresh-new");
}

TEST_F(VaultRefreshTest, TheItemIsGone_AsksForASignIn) {
  vault_.items.clear();
  auto one = refresher();
  EXPECT_EQ(std::get<RefreshFailure>(one.newer(wish())).kind, RefreshFailure::Kind::SignInAgain);
}

TEST_F(VaultRefreshTest, Locked_MayPass) {
  vault_.shut = kLockedVault;
  auto one = refresher();
  EXPECT_EQ(std::get<RefreshFailure>(one.newer(wish())).kind, RefreshFailure::Kind::TryLater);
  vault_.shut.reset();
  EXPECT_EQ(access(one.newer(wish())), "access-new");
}

TEST_F(VaultRefreshTest, AnotherSignInMeanwhile_IsNotUsed) {
  auto one = refresher();
  Profile other = signed_in("theirs", Keeping::SecretService);
  other.origins = {"https://other.example.com"};
  ASSERT_TRUE(store_.replace(other, random_));
  const auto outcome = one.newer(wish());
  EXPECT_THAT(access(outcome), HasSubstr("changed meanwhile"));
  EXPECT_EQ(std::get<RefreshFailure>(outcome).kind, RefreshFailure::Kind::OtherSignIn);
}

TEST_F(VaultRefreshTest, MovedToTheFileMeanwhile_GoesOnThere) {
  auto one = refresher();
  keep("old", Keeping::File);
  EXPECT_EQ(access(one.newer(wish())), "access-new");
  EXPECT_THAT(file_text(), HasSubstr("refresh-new"));
  EXPECT_THAT(vault_.items, IsEmpty());
}

TEST_F(VaultRefreshTest, LittleTime_IsAllThatTheVaultGets) {
  auto one = refresher();
  vault_.patiences.clear();
  vault_.store_patiences.clear();
  (void)one.newer(wish(), std::chrono::steady_clock::now() + std::chrono::seconds{2});
  ASSERT_THAT(vault_.patiences, SizeIs(1));
  EXPECT_LE(vault_.patiences[0], std::chrono::seconds{2});
  ASSERT_THAT(vault_.store_patiences, SizeIs(2));
  EXPECT_LE(vault_.store_patiences[0], std::chrono::seconds{2}) << "it may hang after it was read, too";
  EXPECT_EQ(vault_.store_patiences[1], kVaultPatience) << "tokens that are not kept are lost";
}

TEST_F(VaultRefreshTest, TheVaultTookAllTheTime_TheRefreshTokenIsNotSpent) {
  auto one = refresher();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{200};
  vault_.before_store = [until] { std::this_thread::sleep_until(until + std::chrono::milliseconds{1}); };
  EXPECT_THAT(access(one.newer(wish(), until)), HasSubstr("no time left"));
  EXPECT_THAT(sent_, IsEmpty());
}

// --- the real one, where there is none

TEST(SecretServiceAbsent, NoSessionBus_IsSaid) {
  const char* const names[] = {"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"};
  std::vector<std::pair<std::string, std::string>> before;
  for (const char* name : names) {
    if (const char* value = std::getenv(name)) before.emplace_back(name, value);
    ::unsetenv(name);
  }
  const auto loaded = secret_service().load({"/folder", "p", "s"}, kVaultPatience);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, VaultError::Kind::Absent);
  EXPECT_THAT(loaded.error().message, HasSubstr("no session bus"));
  ::setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:", 1);
  EXPECT_EQ(secret_service().ready(kVaultPatience).error().kind, VaultError::Kind::Absent) << "a bus was started";
  ::unsetenv("DBUS_SESSION_BUS_ADDRESS");
  for (const auto& [name, value] : before) ::setenv(name.c_str(), value.c_str(), 1);
}

}  // namespace
}  // namespace quivive::agent
