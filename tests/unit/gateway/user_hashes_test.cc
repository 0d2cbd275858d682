#include "gateway/user_hashes.h"

#include "store/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

using testing::ElementsAre;

const std::string kSha256(64, 'a'), kMd5(32, 'b'), kElsewhere(64, 'c');

class UserHashesTest : public testing::Test {
 protected:
  UserHashesTest() {
    const auto digest = [](std::string realm, crypto::HashKind hash, const std::string& user_hash) {
      return store::DigestSecret{.realm = std::move(realm), .hash = hash, .secret = Secret(std::string(user_hash.size(), '1')), .user_hash = user_hash};
    };
    store::UserRecord alice{.name = "alice", .password_hash = Secret("h")};
    alice.digests = {digest("here", crypto::HashKind::Md5, kMd5), digest("here", crypto::HashKind::Sha256, kSha256), digest("there", crypto::HashKind::Sha256, kElsewhere)};
    EXPECT_EQ(users_.add_user(alice).value(), store::Change::Done);
    EXPECT_EQ(users_.add_user({.name = "bob", .password_hash = Secret("h")}).value(), store::Change::Done);
  }
  store::MemoryStore users_;
};

TEST_F(UserHashesTest, NamesOf_AreTheNameAndItsHashes) {
  EXPECT_THAT(names_of(users_, "alice").value(), ElementsAre("alice", kMd5, kSha256, kElsewhere));
  EXPECT_THAT(names_of(users_, "bob").value(), ElementsAre("bob"));
  EXPECT_THAT(names_of(users_, "nobody").value(), ElementsAre("nobody"));
  EXPECT_THAT(names_of(users_, kMd5).value(), ElementsAre(kMd5));
}

TEST_F(UserHashesTest, UserBehind_OnlyOfAHashThatSomebodyHas) {
  for (const std::string& hash : {kSha256, kMd5, kElsewhere}) EXPECT_EQ(user_behind(users_, hash), "alice") << hash;
  for (const std::string& other : {std::string(), std::string("alice"), std::string("bob"), std::string(64, 'd'), std::string(64, 'x'), kSha256 + "a", std::string(64, 'A')}) {
    EXPECT_EQ(user_behind(users_, other), "") << other;
  }
}

}  // namespace
}  // namespace quivive::gateway
