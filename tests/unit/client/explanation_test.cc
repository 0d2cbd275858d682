#include "client/explanation.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace quivive::client {
namespace {

struct CauseRow {
  CallCause cause;
  std::string_view code;
  bool shared;
};
constexpr CauseRow kCauseRows[] = {
#define QUIVIVE_CALL_CAUSE(name, code, shared) {CallCause::name, code, shared},
#include "client/call_causes.def"
#undef QUIVIVE_CALL_CAUSE
};

std::string file_text(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CallCause, SharedCodesAreThoseOfWhy_OthersAreNot) {
  const std::string list = file_text(QUIVIVE_SOURCE_DIR "/src/diagnose/causes.def");
  ASSERT_FALSE(list.empty());
  for (const CauseRow& row : kCauseRows) {
    if (row.cause == CallCause::None) continue;
    EXPECT_EQ(list.find(", \"" + std::string(row.code) + "\",") != std::string::npos, row.shared) << row.code;
    EXPECT_EQ(code_of(row.cause), row.code);
  }
}

TEST(CallCause, ThoseOfTheClientAlone_AreOnItsPage) {
  const std::string page = file_text(QUIVIVE_SOURCE_DIR "/docs/client.md");
  for (const CauseRow& row : kCauseRows) {
    if (row.shared || row.cause == CallCause::None) continue;
    EXPECT_NE(page.find("`" + std::string(row.code) + "`"), std::string::npos) << row.code;
  }
}

TEST(CallCause, CodesAreUnique) {
  std::set<std::string_view> codes;
  for (const CauseRow& row : kCauseRows) EXPECT_TRUE(codes.insert(row.code).second) << row.code;
}

}  // namespace
}  // namespace quivive::client
