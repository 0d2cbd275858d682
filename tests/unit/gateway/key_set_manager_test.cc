#include "gateway/key_set_manager.h"

#include "deploying.h"
#include "gateway/whole_file.h"
#include "jose/jwk_set.h"
#include "support/temp_folder.h"

#include <algorithm>

namespace quivive::gateway {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

std::string a_key_set() {
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::EcP256).value();
  return jose::to_document(jose::KeySet::of({jose::Jwk::from_public_key(key.public_key(), "k1")}).value());
}

TEST(KeySetUrl, Metadata_NamesASetOverHttpsWhereTheIssuerIs) {
  const auto url = [](const std::string& issuer, const std::string& set) {
    return key_set_url(issuer, R"({"issuer":")" + issuer + R"(","jwks_uri":")" + set + "\"}");
  };
  for (const char* issuer : {"https://id.example", "HTTPS://id.example", "Https://id.example"}) {
    EXPECT_TRUE(url(issuer, "https://id.example/keys")) << issuer;
    EXPECT_TRUE(url(issuer, "HTTPS://id.example/keys")) << issuer;
    EXPECT_FALSE(url(issuer, "http://id.example/keys")) << issuer;
    EXPECT_FALSE(url(issuer, "ftp://id.example/keys")) << issuer;
  }
  EXPECT_EQ(url("http://id.example", "http://id.example/keys").value(), "http://id.example/keys");
  EXPECT_FALSE(key_set_url("https://id.example", "[]"));
  EXPECT_FALSE(key_set_url("https://id.example", R"({"issuer":"https://id.example"})"));
  EXPECT_FALSE(key_set_url("https://id.example", R"({"issuer":"https://evil.example","jwks_uri":"https://id.example/keys"})"));
}

// An issuer out of reach, whose keys of an hour ago are in a file.
class KeySetManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("keys.json", a_key_set());
    ASSERT_TRUE(set_file_time(folder_.path("keys.json"), kNow - hours(1)));
  }
  [[nodiscard]] KeyLocation location(Duration max_stale) const {
    return {.issuer = "https://id.example", .url = "https://id.example/keys", .cache_file = folder_.path("keys.json"), .timing = {.max_stale = max_stale}};
  }
  std::shared_ptr<const jose::KeySet> keys() { return world_.board.keys(slot_); }

  support::TempFolder folder_;
  Deploying world_;
  KeySetManager& manager_ = world_.key_sets;
  std::size_t slot_ = 0;
};

// Threat: a reload that is refused would throw away keys that cannot be fetched again.
TEST_F(KeySetManagerTest, LocationThatOnlyAsksForItsSlot_ChangesNothing) {
  slot_ = manager_.slot_for(location(hours(24)));
  const auto before = keys();
  ASSERT_NE(before, nullptr);
  EXPECT_EQ(manager_.slot_for(location(seconds(1))), slot_);
  manager_.tick();
  EXPECT_EQ(keys(), before);
}

TEST_F(KeySetManagerTest, KeysThatWereTooOld_AreGoodAgainByOtherTimes) {
  slot_ = manager_.slot_for(location(hours(24)));
  const auto before = keys();
  manager_.configure(slot_, location(seconds(1)));
  manager_.tick();
  EXPECT_EQ(keys(), nullptr);
  manager_.configure(slot_, location(hours(24)));
  EXPECT_EQ(keys(), before);
  world_.clock.advance(hours(23));
  manager_.tick();
  EXPECT_EQ(keys(), nullptr);
  manager_.configure(slot_, location(hours(24)));
  EXPECT_EQ(keys(), nullptr);
}

// Two issuers being fetched: the first for good, since the queue of those that fetch holds one and nobody works at it; the second until the
// control loop hears that there was no room.
class KeySetManagerInFlightTest : public KeySetManagerTest {
 protected:
  void SetUp() override {
    first_ = manager_.slot_for({.issuer = "https://1.example", .url = "u", .cache_file = {}, .timing = {}});
    slot_ = manager_.slot_for({.issuer = "https://2.example", .url = "u", .cache_file = {}, .timing = {}});
    manager_.tick();
    world_.control.mailbox().open();
  }
  ~KeySetManagerInFlightTest() override {
    world_.control.mailbox().close();
    world_.control.io().poll();
  }
  void hear() { world_.control.io().poll(); }
  [[nodiscard]] bool known(std::string_view issuer) const {
    GatewayGauges gauges;
    manager_.report(gauges);
    return std::ranges::any_of(gauges.key_sets, [&](const auto& row) { return row.issuer == issuer; });
  }

  std::size_t first_ = 0;
};

TEST_F(KeySetManagerInFlightTest, IssuerRemovedMeanwhile_GoesWithItsFetch) {
  bool answered = false;
  manager_.request(slot_, KeyWish::NeverFetched, "", [&](const auto&) { answered = true; });
  manager_.keep_only({first_});
  EXPECT_TRUE(known("https://2.example"));
  hear();
  EXPECT_FALSE(known("https://2.example"));
  EXPECT_TRUE(known("https://1.example"));
  EXPECT_TRUE(answered);
  EXPECT_EQ(world_.board.facts().get()->issuers[slot_].issuer, "");
}

TEST_F(KeySetManagerInFlightTest, IssuerThatIsBackInTime_Stays) {
  manager_.keep_only({first_});
  manager_.keep_only({first_, slot_});
  hear();
  EXPECT_TRUE(known("https://2.example"));
}

}  // namespace
}  // namespace quivive::gateway
