#include "gateway/whole_file.h"

#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace quivive::gateway {
namespace {

using testing::HasSubstr;

TEST(WholeFile, Read_UpToTheLimit) {
  const support::TempFolder folder;
  for (const std::size_t size : {0ul, 1ul, 16384ul, 16385ul, 40000ul}) {
    const std::string content(size, 'x');
    const std::string file = folder.write("f", content);
    EXPECT_EQ(read_whole_file(file, size).value(), content);
    if (size == 0) continue;
    const auto refused = read_whole_file(file, size - 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, file + ": larger than " + std::to_string(size - 1) + " bytes");
  }
}

TEST(WholeFile, Unreadable_NamesThePath) {
  const support::TempFolder folder;
  const auto missing = read_whole_file(folder.path("none"), 10);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, folder.path("none") + ": No such file or directory");
  const auto directory = read_whole_file(folder.path(""), 10);
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, HasSubstr("Is a directory"));
}

TEST(WholeFile, Write_ReplacesWholeAndPrivate) {
  const support::TempFolder folder;
  const std::string file = folder.write("f", std::string(100, 'o'));
  ASSERT_TRUE(write_whole_file(file, "new"));
  EXPECT_EQ(folder.read("f"), "new");
  EXPECT_NE(::access((file + ".new").c_str(), F_OK), 0);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_TRUE(write_whole_file(file, ""));
  EXPECT_EQ(folder.read("f"), "");
}

TEST(WholeFile, Write_FollowsNoLink) {
  const support::TempFolder folder;
  const std::string victim = folder.write("victim", "precious");
  ASSERT_EQ(::symlink(victim.c_str(), folder.path("f.new").c_str()), 0);
  EXPECT_FALSE(write_whole_file(folder.path("f"), "evil"));
  EXPECT_EQ(folder.read("victim"), "precious");
}

TEST(WholeFile, Write_NowhereToWrite_IsAnError) {
  const support::TempFolder folder;
  const auto result = write_whole_file(folder.path("none/f"), "x");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("none/f.new: No such file"));
}

TEST(WholeFile, Time_IsWhatItIsSetTo) {
  const support::TempFolder folder;
  const std::string file = folder.write("f", "x");
  EXPECT_TRUE(set_file_time(file, from_unix_seconds(1'700'000'000)));
  EXPECT_EQ(file_time(file), from_unix_seconds(1'700'000'000));
  EXPECT_EQ(file_time(folder.path("none")), std::nullopt);
  EXPECT_FALSE(set_file_time(folder.path("none"), from_unix_seconds(1)));
}

}  // namespace
}  // namespace quivive::gateway
