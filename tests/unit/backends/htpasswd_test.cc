#include "backends/htpasswd.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quivive::backends {
namespace {

using support::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Hashes of "secret" (or of nothing known); only their form matters here.
constexpr std::string_view kSha = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";
constexpr std::string_view kBcrypt = "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC";
constexpr std::string_view kApr1 = "$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00";

std::string line(std::string_view name, std::string_view hash) { return fmt::format("{}:{}\n", name, hash); }

std::string hash_of(const HtpasswdUsers& users, std::string_view name) {
  const auto at = users.hashes.find(name);
  return at == users.hashes.end() ? "none" : std::string(at->second.reveal(RevealSecret{}));
}

TEST(ParseHtpasswd, UsableLines_AreUsers) {
  const auto users = parse_htpasswd("# staff\n\n" + line("anna", kBcrypt) + "bert:" + std::string(kApr1) + "\r\n \t\n" + "é:" + std::string(kSha));
  EXPECT_THAT(users.warnings, IsEmpty());
  EXPECT_EQ(users.hashes.size(), 3u);
  EXPECT_EQ(hash_of(users, "anna"), kBcrypt);
  EXPECT_EQ(hash_of(users, "bert"), kApr1);
  EXPECT_EQ(hash_of(users, "é"), kSha);
}

TEST(ParseHtpasswd, FurtherFields_AreIgnored) {
  EXPECT_EQ(hash_of(parse_htpasswd(line("anna", std::string(kSha) + ":Anna A.:staff")), "anna"), kSha);
}

TEST(ParseHtpasswd, UnusableLine_IsLeftOutWithItsNumber) {
  for (const std::string& bad : {std::string("anna"), std::string(":x"), line("anna", ""), line("anna", "plain-text-password"),
                                 line("anna", "rqXexS6ZhobKA"), line("anna", "$1$abcdefgh$abcdefghijklmnopqrstuv"), line("anna", "$2y$05$short"),
                                 line("anna", "{SHA}"), line(std::string(256, 'n'), kSha), std::string("an\0na", 5)}) {
    const auto users = parse_htpasswd(line("bert", kSha) + "# comment\n" + bad);
    EXPECT_EQ(users.hashes.size(), 1u) << bad;
    ASSERT_EQ(users.warnings.size(), 1u) << bad;
    EXPECT_THAT(users.warnings[0], HasSubstr("line 3: "));
    EXPECT_EQ(users.warnings[0].find("plain-text-password"), std::string::npos);
    EXPECT_EQ(users.warnings[0].find("rqXexS6ZhobKA"), std::string::npos);
  }
}

TEST(ParseHtpasswd, NameTwice_TheFirstCounts) {
  const auto users = parse_htpasswd(line("anna", kSha) + line("anna", kBcrypt));
  EXPECT_EQ(hash_of(users, "anna"), kSha);
  EXPECT_THAT(users.warnings, ElementsAre(HasSubstr("line 2: user 'anna' has an earlier line")));
}

TEST(ParseHtpasswd, HostileName_DoesNotReachTheTerminal) {
  const auto users = parse_htpasswd("\x1b[2Janna:plain\n");
  ASSERT_EQ(users.warnings.size(), 1u);
  EXPECT_EQ(users.warnings[0].find('\x1b'), std::string::npos);
}

TEST(ParseHtpasswd, ManyUnusableLines_AreSummedUp) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "no colon\n";
  const auto users = parse_htpasswd(text);
  EXPECT_EQ(users.warnings.size(), 21u);
  EXPECT_EQ(users.warnings.back(), "and 80 more lines");
}

TEST(HtpasswdFile, Open_FindsItsUsers) {
  const TempFolder folder;
  const auto file = HtpasswdFile::open(folder.write("users", line("anna", kSha) + "bert\n"));
  ASSERT_TRUE(file);
  const auto anna = (*file)->find_user("anna").value();
  ASSERT_TRUE(anna);
  EXPECT_EQ(anna->name, "anna");
  EXPECT_EQ(anna->password_hash.reveal(RevealSecret{}), kSha);
  EXPECT_FALSE(anna->disabled);
  EXPECT_THAT(anna->roles, IsEmpty());
  EXPECT_FALSE((*file)->find_user("bert").value());
  EXPECT_FALSE((*file)->find_user("").value());
  EXPECT_THAT((*file)->warnings(), ElementsAre(HasSubstr("line 2")));
}

TEST(HtpasswdFile, MissingEmptyOrUnusable_IsAnErrorAtStart) {
  const TempFolder folder;
  for (const std::string& path : {folder.path("none"), folder.path(""), folder.write("empty", ""), folder.write("comments", "# nobody\n"),
                                  folder.write("plain", "anna:secret\n"), std::string("/dev/null")}) {
    const auto file = HtpasswdFile::open(path);
    ASSERT_FALSE(file) << path;
    EXPECT_THAT(file.error().message, HasSubstr(path));
  }
  EXPECT_THAT(HtpasswdFile::open(folder.path("plain")).error().message, HasSubstr("line 1"));
}

TEST(HtpasswdFile, TooLarge_IsRefused) {
  const TempFolder folder;
  const std::string path = folder.write("users", line("anna", kSha));
  std::filesystem::resize_file(path, kHtpasswdMaxBytes + 1);
  EXPECT_FALSE(HtpasswdFile::open(path));
}

TEST(HtpasswdFile, Changed_IsRereadByVersion) {
  const TempFolder folder;
  const std::string path = folder.write("users", line("anna", kSha));
  const auto file = std::move(HtpasswdFile::open(path).value());
  const auto first = file->version().value();
  EXPECT_EQ(file->version().value(), first);

  folder.write("users", line("anna", kSha) + line("bert", kBcrypt));  // in place
  EXPECT_FALSE(file->find_user("bert").value());                      // not before version() looks
  const auto second = file->version().value();
  EXPECT_NE(second, first);
  EXPECT_TRUE(file->find_user("bert").value());

  folder.write("next", line("carl", kBcrypt));  // renamed over it
  std::filesystem::rename(folder.path("next"), path);
  EXPECT_NE(file->version().value(), second);
  EXPECT_FALSE(file->find_user("anna").value());
  EXPECT_TRUE(file->find_user("carl").value());
}

TEST(HtpasswdFile, TurnsUnreadable_KeepsTheLastGoodContentAndSaysSo) {
  const TempFolder folder;
  const std::string path = folder.write("users", line("anna", kSha));
  const auto file = std::move(HtpasswdFile::open(path).value());
  const auto first = file->version().value();

  folder.write("users", "");  // truncated by an editor that has not written yet
  EXPECT_FALSE(file->version());
  EXPECT_TRUE(file->find_user("anna").value());
  std::filesystem::remove(path);
  EXPECT_FALSE(file->version());
  EXPECT_FALSE(file->version());
  EXPECT_TRUE(file->find_user("anna").value());

  folder.write("users", line("bert", kSha));
  EXPECT_NE(file->version().value(), first);
  EXPECT_FALSE(file->find_user("anna").value());
  EXPECT_TRUE(file->find_user("bert").value());
}

}  // namespace
}  // namespace quivive::backends
