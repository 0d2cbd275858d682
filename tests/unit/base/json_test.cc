#include "base/json_arena.h"

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
  for (const std::string_view text : {R"({"a":1,"a":2})", R"({"x":{"a":1,"a":1}})", R"({"a":1,"\u0061":2})", R"({"a":{"b":1,"c":2},"a":3})",
                                      R"([1,{"x":[{"":0,"":0}]}])", R"({"a":{"b":1},"c":{"b":1},"a":{"b":1}})"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find("duplicate"), std::string::npos) << parsed.error().message;
  }
}

// Beyond a few members Boost.JSON keeps them in a hash table.
TEST(ParseJson, DuplicateAmongMany_Refused) {
  for (const int count : {17, 18, 19, 20, 1000}) {
    std::string members;
    for (int i = 0; i < count; ++i) members += fmt::format("\"m{}\":{},", i, i);
    EXPECT_TRUE(parse_json("{" + members + "\"x\":0}")) << count;
    for (const int again : {0, count / 2, count - 1}) EXPECT_FALSE(parse_json(fmt::format("{{{}\"m{}\":0}}", members, again))) << count << " " << again;
  }
}

TEST(ParseJson, SameNameInDifferentObjects_IsNoDuplicate) {
  EXPECT_TRUE(parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})"));
}

TEST(ParseJson, InMemoryOfTheCallers_CopyLastsLonger) {
  Json kept;
  {
    JsonArena memory;
    const auto parsed = parse_json(R"({"a":["a string that is too long to lie within the value",{"b":"c"}]})", {}, &memory);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->storage().get(), &memory);
    kept = copy_json(*parsed);
  }
  EXPECT_EQ(to_json(kept), R"({"a":["a string that is too long to lie within the value",{"b":"c"}]})");
}

TEST(ParseJson, LargerThanItsScratch_RoundTrips) {
  std::string text = "[";
  for (int i = 0; i < 2000; ++i) text += fmt::format("{{\"n{}\":\"{}\\n\"}},", i, std::string(static_cast<std::size_t>(i), 'x'));
  text += "0]";
  const auto parsed = parse_json(text, {.bytes = text.size()});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(to_json(*parsed), text);
}

TEST(ToJson, WhatATerminalObeys_IsEscaped) {
  const auto parsed = parse_json("{\"a\\u009b2J\":[\"\\u0080\xc2\x9f\\u007f\xc2\xa0\\u001b\xc3\x9b\"]}");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(to_json(*parsed), "{\"a\\u009b2J\":[\"\\u0080\\u009f\\u007f\xc2\xa0\\u001b\xc3\x9b\"]}");
}

TEST(ToJson, OctetsThatAreNoUtf8_SwallowNothing) {
  EXPECT_EQ(to_json(JsonArray{"\xc2", "\xc2\x9b\xc2"}), "[\"\xc2\",\"\\u009b\xc2\"]");
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
  const auto name = [](std::size_t size) { return "{\"" + std::string(size, 'n') + "\":1}"; };
  EXPECT_TRUE(parse_json(name(1024)));
  EXPECT_FALSE(parse_json(name(1025)));
  const auto object = [](int members) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) text += fmt::format("{}\"{}\":0", i == 0 ? "" : ",", i);
    return text + "}";
  };
  EXPECT_TRUE(parse_json(object(4096)));
  EXPECT_FALSE(parse_json(object(4097)));
}

TEST(JsonQuote, HostileText_StaysOneString) {
  EXPECT_EQ(json_quote("a\"b\\c\n\x7f"), "\"a\\\"b\\\\c\\u000a\\u007f\"");
  EXPECT_EQ(json_quote("\xc2\x9b" "2J\xc2\xa0\xe2\x82\xac\xc3\x9b"), "\"\\u009b2J\xc2\xa0\xe2\x82\xac\xc3\x9b\"");
  EXPECT_EQ(json_quote("\xc2"), "\"\xef\xbf\xbd\"");
  EXPECT_EQ(json_quote("\xff"), "\"\xef\xbf\xbd\"");
  EXPECT_TRUE(parse_json(json_quote(std::string("\0\x01\xc3\x28", 4))));
}

}  // namespace
}  // namespace quivive
