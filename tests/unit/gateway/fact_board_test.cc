#include "gateway/fact_board.h"

#include "crypto/private_key.h"
#include "jose/jwk_set.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

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

TEST(FactBoard, UsersChanged_RaisesTheEpochAndKeepsTheRevocations) {
  FactBoard board;
  board.set_store(std::make_shared<store::RevocationSet>());
  const auto before = board.facts().get();
  board.users_changed();
  EXPECT_EQ(board.facts().get()->store_epoch, before->store_epoch + 1);
  EXPECT_EQ(board.facts().get()->revocations, before->revocations);
}

TEST(FactBoard, SetStore_RaisesTheEpoch) {
  FactBoard board;
  const auto epoch = board.facts().get()->store_epoch;
  board.set_store(std::make_shared<const store::RevocationSet>());
  EXPECT_EQ(board.facts().get()->store_epoch, epoch + 1);
  EXPECT_NE(board.facts().get()->revocations, nullptr);
}

}  // namespace
}  // namespace quivive::gateway
