#include "digest/nonce.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace quivive::digest {
namespace {

constexpr Instant kNow = from_unix_seconds(1'800'000'000);
constexpr std::string_view kRealm = "api.example.com";

NonceMint mint(std::uint32_t number = 1, std::string master = "master") { return {Secret(std::move(master)), number}; }

TEST(NonceMint, ReadsWhatItMade) {
  NonceMint one = mint();
  const std::string text(one.make(kNow, kRealm));
  EXPECT_EQ(text.size(), kNonceSize);
  const auto nonce = one.read(text, kRealm, kNow + std::chrono::minutes(3));
  ASSERT_TRUE(nonce);
  EXPECT_EQ(nonce->issued, kNow);
}

TEST(NonceMint, WorkersOfOneProcess_RecogniseEachOthers_AndNeverMakeTheSame) {
  NonceMint first = mint(1), second = mint(2);
  std::set<std::string> texts;
  std::set<NonceId> ids;
  for (int i = 0; i < 500; ++i) {
    for (NonceMint* one : {&first, &second}) {
      const std::string text(one->make(kNow, kRealm));
      EXPECT_TRUE(texts.insert(text).second);
      const auto nonce = second.read(text, kRealm, kNow);
      ASSERT_TRUE(nonce);
      EXPECT_TRUE(ids.insert(nonce->id).second);
    }
  }
}

TEST(NonceMint, RefusesWhatItDidNotMake) {
  NonceMint one = mint(), other = mint(1, "another master");
  const std::string text(one.make(kNow, kRealm));
  EXPECT_FALSE(one.read(text, "another realm", kNow));
  EXPECT_FALSE(other.read(text, kRealm, kNow));
  EXPECT_FALSE(one.read("", kRealm, kNow));
  EXPECT_FALSE(one.read(text.substr(1), kRealm, kNow));
  EXPECT_FALSE(one.read(text + "A", kRealm, kNow));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string forged = text;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(one.read(forged, kRealm, kNow)) << i;
  }
}

TEST(NonceMint, KeysChangeWithTheTime) {
  NonceMint one = mint();
  const std::string text(one.make(kNow, kRealm));
  EXPECT_TRUE(one.read(text, kRealm, kNow + kNonceKeyPeriod));          // the previous period's key
  EXPECT_FALSE(one.read(text, kRealm, kNow + 2 * kNonceKeyPeriod));     // gone
  EXPECT_FALSE(one.read(text, kRealm, kNow - std::chrono::seconds(2)));  // from the future
  EXPECT_TRUE(one.read(text, kRealm, kNow));                             // and back again
}

}  // namespace
}  // namespace quivive::digest
