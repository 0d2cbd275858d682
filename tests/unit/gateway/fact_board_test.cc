#include "gateway/fact_board.h"

#include "crypto/private_key.h"
#include "gateway/store_watch.h"
#include "jose/jwk_set.h"
#include "store/memory_store.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

constexpr Instant kBoardStart = from_unix_seconds(1'800'000'000);

std::shared_ptr<const jose::KeySet> some_keys() {
  return std::make_shared<const jose::KeySet>(
      jose::KeySet::of({jose::Jwk::from_public_key(crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value().public_key(), "k")}).value());
}

TEST(FactBoard, Fresh_AcceptsNoToken) {
  const FactBoard board;
  const auto facts = board.facts().get();
  EXPECT_TRUE(facts->issuers.empty());
  EXPECT_EQ(facts->revocations, nullptr);  // not loaded: verifier-unavailable, not "none revoked"
}

TEST(FactBoard, EachChange_IsANewSnapshot) {
  FactBoard board;
  const auto before = board.facts().get();
  const std::size_t a = board.add_slot("a"), b = board.add_slot("b");
  EXPECT_NE(a, b);
  const auto keys = some_keys();
  board.set_keys(b, keys);
  EXPECT_TRUE(before->issuers.empty());  // those in progress keep what they began with
  const auto after = board.facts().get();
  EXPECT_EQ(after->issuers[a].issuer, "a");
  EXPECT_EQ(after->issuers[a].keys, nullptr);
  EXPECT_EQ(after->issuers[b].keys, keys);
  EXPECT_EQ(board.keys(b), keys);
}

TEST(FactBoard, ClearedSlot_IsNeverHandedOutAgain) {
  FactBoard board;
  const std::size_t a = board.add_slot("a");
  board.set_keys(a, some_keys());
  board.clear_slot(a);
  EXPECT_EQ(board.keys(a), nullptr);
  EXPECT_EQ(board.facts().get()->issuers[a].issuer, "");
  EXPECT_NE(board.add_slot("b"), a);
}

TEST(FactBoard, SetStore_RaisesTheEpoch) {
  FactBoard board;
  const auto epoch = board.facts().get()->store_epoch;
  board.set_store(std::make_shared<const store::RevocationSet>());
  EXPECT_EQ(board.facts().get()->store_epoch, epoch + 1);
  EXPECT_NE(board.facts().get()->revocations, nullptr);
}

// Users that can be unreachable.
class FlakyUsers final : public store::UserLookup {
 public:
  [[nodiscard]] Result<std::optional<store::UserRecord>> find_user(std::string_view) override { return error("not asked here"); }
  [[nodiscard]] Result<std::uint64_t> version() override {
    if (down) return error("disk on fire");
    return now;
  }
  bool down = false;
  std::uint64_t now = 1;
};

class StoreWatchTest : public testing::Test {
 protected:
  void look() { watch_.look(stores_, kBoardStart); }
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
  ASSERT_TRUE(store_->add_revocation({.issuer = "i", .kind = store::RevocationKind::TokenId, .value = "t-1", .forget = kBoardStart + std::chrono::hours(1)}));
  look();
  EXPECT_EQ(epoch(), first + 1);
  EXPECT_TRUE(board_.facts().get()->revocations->revoked("i", "t-1", "", std::nullopt));
  EXPECT_EQ(said_, "");
}

TEST_F(StoreWatchTest, Outage_KeepsWhatIsInForceAndSaysSoOnce) {
  look();
  const auto before = board_.facts().get();
  users_->down = true;
  look();
  look();
  EXPECT_FALSE(board_.store_up.load());
  EXPECT_EQ(board_.facts().get(), before);
  users_->down = false;
  look();
  EXPECT_TRUE(board_.store_up.load());
  EXPECT_EQ(said_, "error: the store cannot be used: disk on fire\ninfo: the store answers again\n");
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

TEST_F(StoreWatchTest, UnreachableAtTheStart_NothingIsLoaded) {
  users_->down = true;
  look();
  EXPECT_EQ(board_.facts().get()->revocations, nullptr);
  users_->down = false;
  look();
  EXPECT_NE(board_.facts().get()->revocations, nullptr);
}

}  // namespace
}  // namespace quivive::gateway
