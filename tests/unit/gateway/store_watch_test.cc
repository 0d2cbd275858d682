#include "gateway/store_watch.h"

#include "backends/sqlite_store.h"
#include "store/memory_store.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace quivive::gateway {
namespace {

constexpr Instant kWatchStart = from_unix_seconds(1'800'000'000);

store::Revocation revocation_of(std::string id) {
  return {.issuer = "i", .kind = store::RevocationKind::TokenId, .value = std::move(id), .forget = kWatchStart + std::chrono::hours(1)};
}

// Users that can be unreachable.
class FlakyUsers final : public store::UserLookup {
 public:
  [[nodiscard]] Result<std::optional<store::UserRecord>> find_user(std::string_view) override { return error("not asked here"); }
  [[nodiscard]] Result<std::uint64_t> version() override {
    if (down) return error("disk on fire");
    return now;
  }
  [[nodiscard]] Result<std::vector<Secret>> password_hashes() override {
    ++listed;
    std::vector<Secret> out;
    for (const std::string& hash : hashes) out.emplace_back(hash);
    return out;
  }
  bool down = false;
  std::uint64_t now = 1;
  std::vector<std::string> hashes{};
  int listed = 0;
};

class StoreWatchTest : public testing::Test {
 protected:
  void look() { watch_.look(stores_, kWatchStart); }
  [[nodiscard]] bool revoked(std::string_view id) const { return board_.facts().get()->revocations->revoked("i", id, "", std::nullopt); }
  [[nodiscard]] std::uint64_t epoch() const { return board_.facts().get()->store_epoch; }

  FactBoard board_;
  std::string said_;
  StoreWatch watch_{board_, [this](std::string_view level, std::string_view text) { said_ += std::string(level) + ": " + std::string(text) + "\n"; }};
  std::shared_ptr<store::MemoryStore> store_ = std::make_shared<store::MemoryStore>();
  std::shared_ptr<FlakyUsers> users_ = std::make_shared<FlakyUsers>();
  StoreSet stores_{store_, users_};
};

TEST_F(StoreWatchTest, Change_IsPublishedOnce) {
  look();
  const auto first = epoch();
  look();
  EXPECT_EQ(epoch(), first);
  ASSERT_TRUE(store_->add_revocation(revocation_of("t-1")));
  look();
  EXPECT_EQ(epoch(), first + 1);
  EXPECT_TRUE(revoked("t-1"));
  EXPECT_EQ(said_, "");
}

TEST_F(StoreWatchTest, UsersOutOfReach_StoreIsUpAndItIsSaidOnce) {
  look();
  const auto before = board_.facts().get();
  users_->down = true;
  look();
  look();
  EXPECT_TRUE(board_.store_up.load());
  EXPECT_EQ(board_.facts().get(), before);
  users_->down = false;
  look();
  EXPECT_EQ(said_, "error: the password file cannot be used, and what it said before stays in force: disk on fire\n"
                   "info: the password file can be read again\n");
}

TEST_F(StoreWatchTest, AnotherStoreOfTheSameVersion_IsAChange) {
  look();
  const auto first = epoch();
  stores_.database = std::make_shared<store::MemoryStore>();
  look();
  EXPECT_EQ(epoch(), first + 1);
  const auto users = std::make_shared<FlakyUsers>();
  stores_.users = users;
  look();
  EXPECT_EQ(epoch(), first + 2);
  users->now = 2;
  look();
  EXPECT_EQ(epoch(), first + 3);
}

// Where sessions of ours ended, as after a logout: at once, once, and for nobody else's sake.
TEST_F(StoreWatchTest, SessionsChangedHere_ArePublishedAtOnceAndOnce) {
  look();
  const auto sessions = [&] { return board_.facts().get()->session_epoch; };
  const auto before = sessions();
  ASSERT_TRUE(store_->begin_session({.digest = std::string(32, 's'), .user = "anna", .password_tag = "t", .created = kWatchStart,
                                     .seen = kWatchStart, .expires = kWatchStart + std::chrono::hours(1)}, "", 8));
  watch_.sessions_changed(*store_);
  EXPECT_EQ(sessions(), before);  // none ended
  ASSERT_TRUE(store_->end_session(std::string(32, 's'), kWatchStart));
  watch_.sessions_changed(*store_);
  EXPECT_EQ(sessions(), before + 1);
  ASSERT_TRUE(store_->end_session(std::string(32, 's'), kWatchStart));
  watch_.sessions_changed(*store_);
  look();
  EXPECT_EQ(sessions(), before + 1);
}

// Threat: whoever can spoil the password file, or an editor that truncates it, would stop the revocation of tokens and sessions.
TEST_F(StoreWatchTest, UsersOutOfReach_RevocationsAndSessionEndsAreAppliedAllTheSame) {
  users_->down = true;
  look();
  EXPECT_FALSE(revoked("t-1"));
  ASSERT_TRUE(store_->add_revocation(revocation_of("t-1")));
  ASSERT_TRUE(store_->begin_session({.digest = std::string(32, 's'), .user = "anna", .password_tag = "t", .created = kWatchStart,
                                     .seen = kWatchStart, .expires = kWatchStart + std::chrono::hours(1)}, "", 8));
  ASSERT_TRUE(store_->end_session(std::string(32, 's'), kWatchStart));
  const auto sessions = board_.facts().get()->session_epoch;
  look();
  EXPECT_TRUE(revoked("t-1"));
  EXPECT_EQ(board_.facts().get()->session_epoch, sessions + 1);
  const auto before = epoch();
  users_->down = false;
  look();
  EXPECT_EQ(epoch(), before + 1);
}

constexpr std::string_view kBcrypt4 = "$2y$04$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2", kBcrypt11 = "$2y$11$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";

// "$2y$04$ 2": the decoys there are, the beginning of each and its users.
std::vector<std::string> decoys_on(const FactBoard& board) {
  std::vector<std::string> out;
  for (const auto& decoy : *board.facts().get()->decoys) out.push_back(std::string(decoy.hash.reveal(RevealSecret{}).substr(0, 7)) + " " + std::to_string(decoy.users));
  return out;
}

TEST_F(StoreWatchTest, Decoys_FollowTheUsers) {
  using Decoys = std::vector<std::string>;
  EXPECT_EQ(board_.facts().get()->decoys, nullptr);
  look();
  EXPECT_EQ(decoys_on(board_), (Decoys{"$argon2 1"}));  // what a first user will cost
  users_->hashes = {std::string(kBcrypt4), std::string(kBcrypt11), std::string(kBcrypt4)};
  users_->now = 2;
  watch_.look(stores_, kWatchStart + std::chrono::seconds(2));
  EXPECT_EQ(decoys_on(board_), (Decoys{"$2y$04$ 2", "$2y$11$ 1"}));
  users_->hashes = {std::string(kBcrypt11)};
  users_->now = 3;
  watch_.look(stores_, kWatchStart + std::chrono::seconds(3));  // so soon after the last time all were read
  EXPECT_EQ(decoys_on(board_), (Decoys{"$2y$04$ 2", "$2y$11$ 1"}));
  watch_.look(stores_, kWatchStart + std::chrono::seconds(4));
  EXPECT_EQ(decoys_on(board_), (Decoys{"$2y$11$ 1"}));
  watch_.look(stores_, kWatchStart + std::chrono::seconds(6));
  EXPECT_EQ(users_->listed, 3);
  stores_.users = store_;  // as a reload may have it
  watch_.look(stores_, kWatchStart + std::chrono::seconds(6));
  EXPECT_EQ(decoys_on(board_), (Decoys{"$argon2 1"}));
}

// A store that is a file, which can be moved away.
class LostStoreTest : public testing::Test {
 protected:
  void lose() { std::filesystem::rename(folder_.path("q.db"), folder_.path("gone.db")); }
  void find() { std::filesystem::rename(folder_.path("gone.db"), folder_.path("q.db")); }
  void look(Duration after) { watch_.look({store_, users_ ? users_ : std::static_pointer_cast<store::UserLookup>(store_)}, kWatchStart + after); }
  [[nodiscard]] bool loaded() const { return board_.facts().get()->revocations != nullptr; }

  support::TempFolder folder_;
  FactBoard board_;
  std::string said_;
  StoreWatch watch_{board_, [this](std::string_view level, std::string_view text) { said_ += std::string(level) + ": " + std::string(text) + "\n"; }};
  std::shared_ptr<store::Store> store_ = backends::SqliteStore::open(folder_.path("q.db")).value();
  std::shared_ptr<FlakyUsers> users_ = std::make_shared<FlakyUsers>();  // null: the store's own
};

// Threat: a token that was revoked meanwhile, accepted without end.
TEST_F(LostStoreTest, RevocationsCountForSomeMinutes_ThenNoTokenIsAccepted) {
  look(Duration{0});
  look(std::chrono::hours(1));  // nothing changed, and this was seen
  lose();
  look(std::chrono::hours(1) + kStoreMemory - Duration{1});
  EXPECT_TRUE(loaded());
  look(std::chrono::hours(1) + kStoreMemory);
  EXPECT_FALSE(loaded());
  find();
  look(std::chrono::hours(2));
  EXPECT_TRUE(loaded());
}

TEST_F(LostStoreTest, Outage_KeepsWhatIsInForceAndSaysSoOnce) {
  for (const bool apart : {true, false}) {
    if (!apart) users_.reset();
    look(Duration{0});
    said_.clear();
    const auto before = board_.facts().get();
    lose();
    look(Duration{1});
    look(Duration{2});
    EXPECT_FALSE(board_.store_up.load());
    EXPECT_EQ(board_.facts().get(), before);
    EXPECT_TRUE(said_.starts_with("error: the store cannot be used: ")) << said_;
    EXPECT_EQ(std::ranges::count(said_, '\n'), 1) << said_;
    find();
    look(Duration{3});
    EXPECT_TRUE(board_.store_up.load());
    EXPECT_TRUE(said_.ends_with("\ninfo: the store answers again\n")) << said_;
  }
}

TEST_F(LostStoreTest, OutOfReachAtTheStart_NothingIsLoaded) {
  lose();
  look(Duration{0});
  EXPECT_FALSE(loaded());
  find();
  look(Duration{1});
  EXPECT_TRUE(loaded());
}

TEST_F(LostStoreTest, UsersWhoChange_AreSeenAllTheSame) {
  look(Duration{0});
  lose();
  const auto before = board_.facts().get()->store_epoch;
  users_->now = 2;
  look(Duration{1});
  EXPECT_EQ(board_.facts().get()->store_epoch, before + 1);
}

}  // namespace
}  // namespace quivive::gateway
