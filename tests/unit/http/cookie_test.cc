#include "http/cookie.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace quivive::http {
namespace {

std::vector<Field> cookie_fields(std::vector<std::string_view> values) {
  std::vector<Field> fields{{"Host", "h=1", FieldId::Host}};
  for (const std::string_view value : values) fields.push_back({"Cookie", value, FieldId::Cookie});
  fields.push_back({"X", "y=1", FieldId::Other});
  return fields;
}

TEST(CookieReader, SeveralFields_AreOneList) {
  const auto fields = cookie_fields({"a=1; b=\"2\";c=x=y", "", " ; ;", "flag;=v; d = 4 "});
  std::vector<std::pair<std::string_view, std::string_view>> read;
  CookieReader reader(fields);
  for (Cookie cookie; reader.next(cookie);) read.emplace_back(cookie.name, cookie.value);
  const std::vector<std::pair<std::string_view, std::string_view>> expected = {
      {"a", "1"}, {"b", "\"2\""}, {"c", "x=y"}, {"", "flag"}, {"", "v"}, {"d", "4"}};
  EXPECT_EQ(read, expected);
}

TEST(FindCookie, Duplicates_AreCounted) {
  struct Row {
    std::vector<std::string_view> values;
    std::size_t count;
    std::string_view first;
  };
  for (const Row& row : {Row{{}, 0, ""}, Row{{"s=1"}, 1, "1"}, Row{{"t=0; s=1; u=2"}, 1, "1"}, Row{{"s=1; s=1"}, 2, "1"}, Row{{"s=1", "s=2"}, 2, "1"},
                         Row{{"S=1"}, 0, ""}, Row{{"xs=1; s"}, 0, ""}, Row{{"s =1; s=2"}, 2, "1"}, Row{{"s="}, 1, ""}, Row{{"s=1,s=2"}, 1, "1,s=2"}}) {
    const auto fields = cookie_fields(row.values);
    const CookieMatch match = find_cookie(fields, "s");
    EXPECT_EQ(match.count, row.count);
    EXPECT_EQ(match.value, row.first);
  }
}

TEST(AppendCookiesWithout, OwnCookie_IsRemoved) {
  struct Row {
    std::string_view value, rest;
    std::size_t removed;
  };
  for (const Row& row : {Row{"s=1", "", 1}, Row{"a=1; s=1; b=2", "a=1; b=2", 1}, Row{"a=1;b=2", "a=1; b=2", 0}, Row{"s =1;s=2; flag", "flag", 2}, Row{"", "", 0},
                         Row{"xs=1; S=2", "xs=1; S=2", 0}}) {
    std::string out;
    EXPECT_EQ(append_cookies_without(out, row.value, "s"), row.removed) << row.value;
    EXPECT_EQ(out, row.rest);
  }
}

}  // namespace
}  // namespace quivive::http
