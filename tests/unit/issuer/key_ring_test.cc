#include "issuer/key_ring.h"

#include "store/memory_store.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace quivive::issuer {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Instant kStart = from_unix_seconds(1'800'000'000);

class KeyRingTest : public testing::Test {
 protected:
  void tend(Instant now) { ASSERT_TRUE(tend_keys(store_, settings_, now)); }
  [[nodiscard]] std::vector<std::string> kids() {
    std::vector<std::string> out;
    for (const auto& key : *store_.list_signing_keys()) out.push_back(key.kid);
    return out;
  }
  [[nodiscard]] std::string signing(Instant now) { return KeyRing::of(*store_.list_signing_keys())->signing(settings_.algorithm, now).kid; }

  store::MemoryStore store_;
  Settings settings_{.url = "https://id.example.com", .audiences = {"https://id.example.com"}};
};

TEST_F(KeyRingTest, First_SignsAtOnce) {
  tend(kStart);
  ASSERT_EQ(kids().size(), 1u);
  EXPECT_EQ(signing(kStart), kids()[0]);
  tend(kStart + hours(24 * 29));
  EXPECT_EQ(kids().size(), 1u);
}

TEST_F(KeyRingTest, Next_IsPublishedAnHourBeforeItSigns_AndTheOldStaysWhileItsTokensLive) {
  tend(kStart);
  const Instant due = kStart + settings_.key_rotation;
  tend(due);
  const auto both = kids();
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(signing(due + minutes(59)), both[0]);
  EXPECT_EQ(signing(due + minutes(60)), both[1]);
  const Instant last = due + hours(1) + hours(24);  // exp of the longest token that the old one can have signed
  tend(last + minutes(9));
  EXPECT_EQ(kids(), both);
  tend(last + minutes(10));
  EXPECT_EQ(kids(), std::vector<std::string>{both[1]});
}

TEST_F(KeyRingTest, AnotherAlgorithm_IsANewKeyNow) {
  tend(kStart);
  settings_.algorithm = jose::JwsAlgorithm::EdDSA;
  tend(kStart + minutes(5));
  const auto ring = KeyRing::of(*store_.list_signing_keys());
  ASSERT_TRUE(ring);
  ASSERT_EQ(ring->keys()->keys().size(), 2u);
  EXPECT_EQ(ring->signing(settings_.algorithm, kStart + minutes(6)).algorithm, jose::JwsAlgorithm::ES256);
  EXPECT_EQ(ring->signing(settings_.algorithm, kStart + hours(2)).algorithm, jose::JwsAlgorithm::EdDSA);
  EXPECT_NE(ring->jwks().find("\"alg\":\"EdDSA\""), std::string::npos);
  EXPECT_EQ(ring->jwks().find("\"d\""), std::string::npos);
}

// Two gateways of one store in the middle of a change: neither answers the other's key with one of its own, again and again.
TEST_F(KeyRingTest, TwoAlgorithmsOnOneStore_KeepOneKeyEach) {
  Settings other = settings_;
  other.algorithm = jose::JwsAlgorithm::EdDSA;
  for (int i = 0; i < 50; ++i) {
    tend(kStart + minutes(i));
    ASSERT_TRUE(tend_keys(store_, other, kStart + minutes(i)));
  }
  EXPECT_EQ(kids().size(), 2u);
  const auto ring = KeyRing::of(*store_.list_signing_keys());
  EXPECT_EQ(ring->signing(jose::JwsAlgorithm::ES256, kStart + hours(5)).algorithm, jose::JwsAlgorithm::ES256);
  EXPECT_EQ(ring->signing(jose::JwsAlgorithm::EdDSA, kStart + hours(5)).algorithm, jose::JwsAlgorithm::EdDSA);
}

TEST_F(KeyRingTest, AlgorithmThatNobodyNamesAnyMore_GoesInTheEnd) {
  tend(kStart);
  settings_.algorithm = jose::JwsAlgorithm::EdDSA;
  tend(kStart + minutes(5));
  const Instant gone = kStart + settings_.key_rotation + hours(24) + minutes(10);
  for (Instant now = kStart + hours(1); now <= gone; now += hours(12)) tend(now);
  EXPECT_TRUE(std::ranges::any_of(*store_.list_signing_keys(), [](const auto& key) { return key.algorithm == "ES256"; }));
  tend(gone);
  EXPECT_FALSE(std::ranges::any_of(*store_.list_signing_keys(), [](const auto& key) { return key.algorithm == "ES256"; }));
}

// The rotation is over at once for the key that signed so far, but nothing has followed it yet.
TEST_F(KeyRingTest, AnotherAlgorithmAndAShorterRotationAtOnce_TheOldStaysWhileItsTokensLive) {
  tend(kStart);
  const auto old = kids();
  const Instant edit = kStart + hours(24 * 10);
  settings_.algorithm = jose::JwsAlgorithm::EdDSA;
  settings_.key_rotation = hours(1);
  const Instant active = edit + minutes(15);
  const auto old_is_there = [&] { return kids().front() == old.front(); };
  for (Instant now = edit; now < active + hours(24) + minutes(10); now += minutes(20)) {
    tend(now);
    ASSERT_TRUE(old_is_there()) << (now - edit).count();
    const auto ring = KeyRing::of(*store_.list_signing_keys());
    ASSERT_LE(ring->signing(settings_.algorithm, now).active, now);
  }
  EXPECT_EQ(signing(edit + minutes(14)), old.front());
  tend(active + hours(24) + minutes(10));
  tend(active + hours(24) + minutes(11));  // one step makes the key that is due
  EXPECT_FALSE(old_is_there());
}

TEST_F(KeyRingTest, KeyFromTheFuture_DoesNotStopTheRotation) {
  tend(kStart + hours(24 * 3650));  // a clock was wrong
  tend(kStart);
  EXPECT_EQ(kids().size(), 2u);
  tend(kStart + minutes(1));
  EXPECT_EQ(kids().size(), 2u);
  EXPECT_EQ(signing(kStart + hours(2)), kids()[1]);
}

TEST_F(KeyRingTest, OfSeveralProcesses_OneMakesTheKey) {
  tend(kStart);
  const Instant due = kStart + settings_.key_rotation;
  tend(due);
  tend(due);
  EXPECT_EQ(kids().size(), 2u);
}

TEST(KeyRing, NoKeyOrADamagedOne_IsAnError) {
  EXPECT_FALSE(KeyRing::of({}));
  EXPECT_FALSE(KeyRing::of({{.kid = "a", .algorithm = "ES256", .private_key = Secret("rubbish"), .created = kStart, .active = kStart}}));
  EXPECT_FALSE(KeyRing::of({{.kid = "a", .algorithm = "HS256", .private_key = Secret("rubbish"), .created = kStart, .active = kStart}}));
}

}  // namespace
}  // namespace quivive::issuer
