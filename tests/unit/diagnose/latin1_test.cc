#include "diagnose/latin1.h"

#include <gtest/gtest.h>

namespace quivive::diagnose {
namespace {

TEST(Latin1, CharactersThatItHas) {
  EXPECT_EQ(to_latin1(""), "");
  EXPECT_EQ(to_latin1("p\u00e4ss~\u00ff\u0080"), "p\xe4ss~\xff\x80");
}

TEST(Latin1, OthersAndWhatIsNoUtf8_AreNothing) {
  EXPECT_EQ(to_latin1("\u0100"), std::nullopt);
  EXPECT_EQ(to_latin1("\u20ac"), std::nullopt);
  EXPECT_EQ(to_latin1("a\xc3"), std::nullopt);
}

}  // namespace
}  // namespace quivive::diagnose
