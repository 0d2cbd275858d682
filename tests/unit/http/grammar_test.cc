#include "http/grammar.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quivive::http {
namespace {

TEST(Grammar, Token) {
  for (const std::string_view ok : {"a", "Bearer", "!#$%&'*+-.^_`|~09"}) EXPECT_TRUE(is_token(ok)) << ok;
  for (const std::string_view bad : {"", " ", "a b", "a,", "a=", "\"a\"", "a/b", "(", "\x80", "a\x7f", "a@b"}) EXPECT_FALSE(is_token(bad)) << bad;
}

TEST(Grammar, Token68) {
  for (const std::string_view ok : {"a", "abc==", "a-._~+/9=", "eyJ.eyJ.sig"}) EXPECT_TRUE(is_token68(ok)) << ok;
  for (const std::string_view bad : {"", "=", "a=b", "a b", "a,", "a:b", "a%"}) EXPECT_FALSE(is_token68(bad)) << bad;
}

TEST(Grammar, FieldValue) {
  EXPECT_TRUE(is_field_value(""));
  EXPECT_TRUE(is_field_value("a\t b\xff"));
  for (const std::string_view bad : {"\r", "a\nb", "\x7f", "\x01"}) EXPECT_FALSE(is_field_value(bad));
  EXPECT_FALSE(is_field_value(std::string_view("\0", 1)));
}

TEST(Grammar, QuotedString) {
  struct Row {
    std::string_view in, value, rest;
  };
  for (const Row& row : {Row{"\"\"", "", ""}, Row{"\"a b\"x", "a b", "x"}, Row{R"("a\"b\\c\d")", R"(a"b\cd)", ""}, Row{"\"a\tb\xc3\xa4\"", "a\tb\xc3\xa4", ""}}) {
    std::string_view in = row.in;
    const auto value = take_quoted_string(in);
    ASSERT_TRUE(value) << row.in;
    EXPECT_EQ(*value, row.value);
    EXPECT_EQ(in, row.rest);
  }
  for (const std::string_view bad : {"", "a", "\"", "\"a", "\"a\\\"", "\"a\\", "\"a\nb\"", "\"\\\x01\""}) {
    std::string_view in = bad;
    EXPECT_FALSE(take_quoted_string(in)) << bad;
    EXPECT_EQ(in, bad);
  }
}

// Strings are passed over eight bytes at a time: each byte at each place of a word, and behind one.
TEST(Grammar, QuotedString_EveryByteAtEveryPlace) {
  for (std::size_t before = 0; before < 17; ++before) {
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      const std::string text = '"' + std::string(before, 'a') + c + std::string(9, 'b') + '"';
      std::string_view in = text;
      const std::string_view taken = take_raw_quoted_string(in);
      const bool ends = c == '"', allowed = is_field_char(c);
      EXPECT_EQ(taken.size(), ends ? before + 2 : allowed ? text.size() : 0) << "byte " << byte << " after " << before;
      EXPECT_EQ(taken.size() + in.size(), text.size());
    }
  }
}

TEST(Grammar, AppendQuotedString_CannotBeEscapedFrom) {
  std::string out;
  append_quoted_string(out, "a\"b\\c\r\nSet-Cookie: x\t");
  EXPECT_EQ(out, "\"a\\\"b\\\\c??Set-Cookie: x\t\"");
}

TEST(Grammar, ListElements) {
  struct Row {
    std::string_view in;
    std::vector<std::string_view> elements;
  };
  for (const Row& row : {Row{"", {}}, Row{" ,\t, ", {}}, Row{"a", {"a"}}, Row{" a ,, b\t", {"a", "b"}}, Row{"a=\"x,y\", b", {"a=\"x,y\"", "b"}},
                         Row{"\"a, b", {"\"a", "b"}}, Row{"a b,c", {"a b", "c"}}}) {
    std::string_view in = row.in;
    std::vector<std::string_view> elements;
    while (const auto element = take_list_element(in)) elements.push_back(*element);
    EXPECT_EQ(elements, row.elements) << row.in;
  }
}

}  // namespace
}  // namespace quivive::http
