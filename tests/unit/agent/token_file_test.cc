#include "agent/token_file.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace quivive::agent {
namespace {

using testing::HasSubstr;
using Kind = TokenFileError::Kind;

std::string plain_text(const Secret& secret) { return std::string(secret.reveal(RevealSecret{})); }

Profile example() {
  Profile out;
  out.issuer = "https://id.example.com";
  out.origins = {"https://api.example.com"};
  out.client = {"https://id.example.com/token", "cli", Secret("hush"), client::ClientAuthentication::Post, "orders"};
  out.revocation_endpoint = "https://id.example.com/revoke";
  out.scope = "orders profile";
  out.token = {Secret("access"), Secret("refresh"), from_unix_seconds(1'795'514'611), from_unix_seconds(1'795'514'011)};
  return out;
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

class TokenFileTest : public testing::Test {
 protected:
  support::TempFolder folder_;
  const std::string profiles_ = folder_.path("state/quivive/profiles");
  const TokenFile file_{profiles_, "work"};
};

TEST_F(TokenFileTest, WhatIsWritten_IsRead) {
  ASSERT_TRUE(file_.replace(example()));
  const auto read = file_.read();
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->issuer, "https://id.example.com");
  EXPECT_EQ(read->origins, example().origins);
  EXPECT_EQ(read->client.token_endpoint, "https://id.example.com/token");
  EXPECT_EQ(read->client.client_id, "cli");
  EXPECT_EQ(plain_text(read->client.client_secret), "hush");
  EXPECT_EQ(read->client.authentication, client::ClientAuthentication::Post);
  EXPECT_EQ(read->client.scope, "orders");
  EXPECT_EQ(read->revocation_endpoint, "https://id.example.com/revoke");
  EXPECT_EQ(read->scope, "orders profile");
  EXPECT_EQ(plain_text(read->token.access), "access");
  EXPECT_EQ(plain_text(read->token.refresh), "refresh");
  EXPECT_EQ(read->token.expires, from_unix_seconds(1'795'514'611));
  EXPECT_EQ(read->token.issued, from_unix_seconds(1'795'514'011));
}

TEST_F(TokenFileTest, Files_AreTheirOwnersOnly_AndAlone) {
  ASSERT_TRUE(file_.replace(example()));
  ASSERT_TRUE(file_.replace(example()));
  EXPECT_EQ(mode_of(file_.path()), 0600u);
  EXPECT_EQ(mode_of(profiles_), 0700u);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(profiles_)) files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1) << "a scratch file was left";
}

TEST_F(TokenFileTest, None_IsMissing) {
  const auto read = file_.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::Missing);
  EXPECT_EQ(*file_.remove(), false);
}

TEST_F(TokenFileTest, OthersMayRead_IsRefused) {
  ASSERT_TRUE(file_.replace(example()));
  for (const mode_t mode : {0640u, 0604u, 0660u, 0610u}) {
    ASSERT_EQ(::chmod(file_.path().c_str(), mode), 0);
    const auto read = file_.read();
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().kind, Kind::Unsafe);
    EXPECT_THAT(read.error().message, HasSubstr("chmod 600"));
  }
}

TEST_F(TokenFileTest, ALink_IsRefused) {
  ASSERT_TRUE(file_.replace(example()));
  const TokenFile linked(profiles_, "linked");
  ASSERT_EQ(::symlink(file_.path().c_str(), linked.path().c_str()), 0);
  const auto read = linked.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::Unsafe);
  ASSERT_TRUE(linked.replace(Profile{})) << "it is replaced, not followed";
  EXPECT_EQ(plain_text(file_.read()->token.access), "access");
}

TEST_F(TokenFileTest, APipe_IsRefused_AndNotWaitedFor) {
  ASSERT_TRUE(file_.replace(example()));
  const TokenFile pipe(profiles_, "pipe");
  ASSERT_EQ(::mkfifo(pipe.path().c_str(), 0600), 0);
  const auto read = pipe.read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::Unsafe);
}

TEST_F(TokenFileTest, AFolderThatOthersWriteTo_IsRefused) {
  ASSERT_TRUE(file_.replace(example()));
  ASSERT_EQ(::chmod(profiles_.c_str(), 0777), 0);
  const auto replaced = file_.replace(example());
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().kind, Kind::Unsafe);
}

TEST_F(TokenFileTest, NoProfile_IsBroken_AndNotQuoted) {
  ASSERT_TRUE(file_.replace(example()));
  const std::string texts[] = {"",
                               "[]",
                               "{\"access_token\":\"sesame\"",
                               "{\"origins\":\"https://a\",\"access_token\":\"sesame\"}",
                               "{\"expires\":-1}",
                               "{\"client_authentication\":\"magic\"}",
                               "{\"origins\":[1]}",
                               "{\"a\":\"" + std::string(kMaxProfileBytes, 'x') + "\"}"};
  for (const std::string& broken : texts) {
    folder_.write("state/quivive/profiles/work.json", broken);
    const auto read = file_.read();
    ASSERT_FALSE(read) << broken;
    EXPECT_EQ(read.error().kind, Kind::Broken) << broken;
    EXPECT_THAT(read.error().message, testing::Not(HasSubstr("sesame")));
  }
}

TEST_F(TokenFileTest, Reserved_IsUsedOrTakenAway) {
  ASSERT_TRUE(file_.replace(example()));
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(profiles_), std::filesystem::directory_iterator());
  };
  {
    const auto room = file_.reserve(20'000);
    ASSERT_TRUE(room) << room.error().message;
    EXPECT_EQ(files(), 2);
  }
  EXPECT_EQ(files(), 1);
  auto room = file_.reserve(20'000);
  ASSERT_TRUE(room);
  Profile other = example();
  other.issuer = "https://other.example.com";
  ASSERT_TRUE(file_.replace(other, std::move(*room)));
  EXPECT_EQ(file_.read()->issuer, "https://other.example.com");
  EXPECT_EQ(mode_of(file_.path()), 0600u);
  EXPECT_EQ(files(), 1);
}

TEST_F(TokenFileTest, NoRoom_IsSaid) {
  ASSERT_TRUE(file_.replace(example()));
  const auto room = file_.reserve(std::size_t{1} << 60);
  ASSERT_FALSE(room);
  EXPECT_THAT(room.error().message, HasSubstr(file_.path()));
  EXPECT_THAT(room.error().message, HasSubstr("the disk"));
  EXPECT_EQ(plain_text(file_.read()->token.access), "access");
}

TEST_F(TokenFileTest, Lock_IsForOneAtATime) {
  {
    const auto held = file_.lock();
    ASSERT_TRUE(held) << held.error().message;
    const auto second = file_.lock(std::chrono::milliseconds{5});
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("another process"));
  }
  EXPECT_TRUE(file_.lock(std::chrono::milliseconds{0}));
}

TEST(ProfileName, Shapes) {
  for (const char* good : {"work", "a", "A-b_c.9", "0"}) EXPECT_TRUE(is_profile_name(good)) << good;
  for (const char* bad : {"", ".", "..", ".hidden", "a/b", "../a", "a b", "a\n", "\xc3\xa4", "a:b", "a\\b"})
    EXPECT_FALSE(is_profile_name(bad)) << bad;
  EXPECT_TRUE(is_profile_name(std::string(64, 'a')));
  EXPECT_FALSE(is_profile_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace quivive::agent
