#include "http/query.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace quivive::http {
namespace {

TEST(QueryReader, Pairs_AreSplit) {
  using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;
  struct Row {
    std::string_view query;
    Pairs pairs;
  };
  for (const Row& row : {
           Row{"", {}}, Row{"&&", {}}, Row{"a=1&b=2", {{"a", "1"}, {"b", "2"}}}, Row{"a", {{"a", ""}}}, Row{"a=b=c&", {{"a", "b=c"}}},
           Row{"=x", {{"", "x"}}}, Row{"a;b=1", {{"a;b", "1"}}}, Row{"&a=%26&", {{"a", "%26"}}},
       }) {
    Pairs read;
    QueryReader reader(row.query);
    for (QueryPair pair; reader.next(pair);) read.emplace_back(pair.name, pair.value);
    EXPECT_EQ(read, row.pairs) << row.query;
  }
}

TEST(FindParameter, EncodedNames_AreFound) {
  for (const std::string_view query : {"api_key=k", "x=1&api_key=k", "api%5Fkey=k", "%61pi%5fkey=k&y", "&&api_key=k", "api_key=k&b"}) {
    const QueryMatch match = find_parameter(query, "api_key");
    EXPECT_EQ(match.count, 1u) << query;
    EXPECT_EQ(match.value, "k") << query;
  }
  for (const std::string_view query : {"", "api_keys=k", "api_ke=k", "API_KEY=k", "x=api_key", "a;api_key=k", "api%255Fkey=k", "api%5key=k"}) {
    EXPECT_EQ(find_parameter(query, "api_key").count, 0u) << query;
  }
  EXPECT_EQ(find_parameter("api_key=1&api%5fkey=2&api_key", "api_key").count, 3u);
  EXPECT_EQ(find_parameter("api_key=1&api%5fkey=2", "api_key").value, "1");
  EXPECT_EQ(find_parameter("a+b=1", "a b").count, 1u);
  EXPECT_EQ(find_parameter("api_key", "api_key").count, 1u);
}

TEST(AppendQueryWithout, EverySpelling_IsRemovedAndTheRestIsKept) {
  struct Row {
    std::string_view query, rest;
    std::size_t removed;
  };
  for (const Row& row : {
           Row{"", "", 0}, Row{"a=1", "a=1", 0}, Row{"api_key=k", "", 1}, Row{"api_key", "", 1}, Row{"a=1&api_key=k&b=2", "a=1&b=2", 1},
           Row{"api%5Fkey=k&b=%zz", "b=%zz", 1}, Row{"api_key=1&api_key=2&c", "c", 2}, Row{"a&&b&", "a&&b&", 0}, Row{"api_key=1&", "", 1},
           Row{"x=api_key&api_key", "x=api_key", 1}, Row{"a;api_key=1", "a;api_key=1", 0},
       }) {
    std::string out = "?";
    EXPECT_EQ(append_query_without(out, row.query, "api_key"), row.removed) << row.query;
    EXPECT_EQ(out, "?" + std::string(row.rest)) << row.query;
  }
}

TEST(FormDecode, Escapes_AreUndone) {
  EXPECT_EQ(form_decode("a%20b+c%2B%"), "a b c+%");
  EXPECT_EQ(form_decode("%4"), "%4");
  EXPECT_EQ(form_decode("%zz%41"), "%zzA");
}

}  // namespace
}  // namespace quivive::http
