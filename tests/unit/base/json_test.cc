#include "base/json.h"

#include <gtest/gtest.h>

namespace quivive {
namespace {

TEST(ParseJson, ValidText_RoundTrips) {
  for (const std::string_view text : {R"({"a":[1,-2,3.5E0,true,null,"x"],"b":{"c":"é\n"}})", "[]", "\"\"", "0"}) {
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(to_json(*parsed), text);
  }
}

TEST(ParseJson, DuplicateMember_Refused) {
  for (const std::string_view text : {R"({"a":1,"a":2})", R"({"x":{"a":1,"a":1}})", R"({"a":1,"\u0061":2})"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find("duplicate"), std::string::npos) << parsed.error().message;
  }
}

TEST(ParseJson, NotJson_SaysWhere) {
  struct Row {
    std::string_view text, part;
  };
  for (const Row& row : {Row{"", "offset"}, Row{"{", "offset"}, Row{"{} x", "offset 3"}, Row{"{'a':1}", "offset"}, Row{"nul", "offset"},
                         Row{"[1,]", "offset"}, Row{"\"\xff\"", "offset"}}) {
    const auto parsed = parse_json(row.text);
    ASSERT_FALSE(parsed) << row.text;
    EXPECT_NE(parsed.error().message.find(row.part), std::string::npos) << parsed.error().message;
  }
}

TEST(ParseJson, BeyondLimits_Refused) {
  EXPECT_FALSE(parse_json(std::string(17, '[') + std::string(17, ']')));
  EXPECT_TRUE(parse_json(std::string(16, '[') + std::string(16, ']')));
  EXPECT_FALSE(parse_json("[1,2,3]", {.depth = 4, .bytes = 6}));
}

TEST(JsonQuote, HostileText_StaysOneString) {
  EXPECT_EQ(json_quote("a\"b\\c\n\x7f"), "\"a\\\"b\\\\c\\u000a\\u007f\"");
  EXPECT_EQ(json_quote("\xff"), "\"\xef\xbf\xbd\"");
  EXPECT_TRUE(parse_json(json_quote(std::string("\0\x01\xc3\x28", 4))));
}

}  // namespace
}  // namespace quivive
