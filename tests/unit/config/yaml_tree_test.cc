#include "config/yaml_tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace quivive::config {
namespace {

std::string problems(std::string_view text, YamlLimits limits = {}) {
  std::vector<Diagnostic> diagnostics;
  (void)parse_yaml(text, diagnostics, limits);
  std::string out;
  for (const auto& d : diagnostics) out += fmt::format("{}:{} {}{}{}\n", d.line, d.column, d.path, d.path.empty() ? "" : ": ", d.message);
  return out;
}

TEST(ParseYaml, PlacesAndQuotes_Kept) {
  std::vector<Diagnostic> diagnostics;
  const auto tree = parse_yaml("\xef\xbb\xbf# c\na: \"1\"\nb:\n  - x\n  - {y: 2}\nc:\n", diagnostics);
  ASSERT_TRUE(tree);
  EXPECT_TRUE(diagnostics.empty());
  ASSERT_EQ(tree->entries.size(), 3u);
  const YamlNode& a = tree->find("a")->value;
  EXPECT_TRUE(a.quoted);
  EXPECT_EQ(a.at, (Position{2, 4}));
  const YamlNode& b = tree->find("b")->value;
  EXPECT_EQ(b.items.at(0).at, (Position{4, 5}));
  EXPECT_FALSE(b.items.at(0).quoted);
  EXPECT_EQ(b.items.at(1).find("y")->at, (Position{5, 6}));
  EXPECT_EQ(tree->find("c")->value.kind, YamlNode::Kind::Null);
  EXPECT_EQ(tree->find("d"), nullptr);
}

TEST(ParseYaml, MissingLastItem_PlacedWithinTheText) {
  std::vector<Diagnostic> diagnostics;
  const auto tree = parse_yaml("a:\n  -  ", diagnostics);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->find("a")->value.items.at(0).kind, YamlNode::Kind::Null);
  EXPECT_EQ(tree->find("a")->value.items.at(0).at, (Position{2, 6}));
}

TEST(ParseYaml, EmptyText_EmptyMapping) {
  for (const std::string_view text : {"", "\n", "# nothing\n", "---\n", "{}"}) {
    std::vector<Diagnostic> diagnostics;
    const auto tree = parse_yaml(text, diagnostics);
    ASSERT_TRUE(tree) << text;
    EXPECT_EQ(tree->kind, YamlNode::Kind::Mapping);
    EXPECT_TRUE(diagnostics.empty());
  }
}

TEST(ParseYaml, WhatIsRefused_SaysWhere) {
  struct Row {
    std::string_view text, problem;
  };
  for (const Row& row : {
           Row{"a: 1\na: 2\n", "2:1 a: given twice; the first is on line 1"},
           Row{"a: 1\n\"a\": 2\n", "2:1 a: given twice"},
           Row{"r:\n  - p: 1\n  - p: 1\n    q: {x: 1, x: 2}\n", "4:15 r[1].q.x: given twice; the first is on line 4"},
           Row{"a: &x 1\nb: *x\n", "1:4 anchors"},
           Row{"a: &x 1\nb: *x\n", "2:4 aliases"},
           Row{"a: &x {b: *x}\n", "aliases"},
           Row{"<<: {a: 1}\n", "1:1 merge keys"},
           Row{"a: !!str 1\n", "1:4 tags are not supported"},
           Row{"a: !x [1]\n", "tags are not supported"},
           Row{"a: 1\n---\nb: 2\n", "2:1 a second document"},
           Row{"a:\n\tb: 1\n", "2:1 a tab in the indentation"},
           Row{"a: 1\x01\n", "1:5 a control character (octet 01)"},
           Row{"a: 1 # x\rpublic: true\n", "1:9 a control character (octet 0d)"},
           Row{"a: 1\nb: \xff\n", "2:1 not UTF-8"},
           Row{"[1, 2]\n", "1:1 a configuration is a mapping"},
           Row{"just text\n", "1:1 a configuration is a mapping"},
           Row{"? [a]\n: 1\n", "the name of a setting is plain text"},
           Row{"{[a, b]: 1}\n", "the name of a setting is plain text"},
           Row{"\"\": 1\n", "the name of a setting is plain text"},
           Row{"~: 1\n", "the name of a setting is plain text"},
           Row{"a: b: c\n", "1:5 a ':' where no value can start"},
           Row{"a: [1, 2\n", "2:1 a ']' is missing"},
           Row{"a: {b: 1\n", "a '}' is missing"},
           Row{"a: \"x\n", "1:4 a closing quote is missing"},
           Row{"a: \"x", "1:4 a closing quote is missing"},
           Row{"a: 'x\nb: 1\nc: 2\n", "1:4 a closing quote is missing"},
           Row{"a: [1, 'x]\n", "1:8 a closing quote is missing"},
           Row{"'a: 1\n", "1:1 a closing quote is missing"},
           Row{"a: \"\\x01\"\n", "1:4 a closing quote is missing, or the character U+0001"},
           Row{"upstream http://127.0.0.1:9000\nlisten: 127.0.0.1:1\n", "1:1 a ':' is missing; a setting is `name: value`"},
           Row{"a: 1\nb:\n  c 1\n  d: 2\n", "3:3 a ':' is missing"},
           Row{"a: 1\n  b: 2\n", "2:"},
           Row{"a:\n - 1\n b: 2\n", "3:"},
           Row{"a: @x\n", "a character that YAML reserves"},
           Row{"a: *x\n", "not YAML: the referenced anchor is not defined"},
           Row{"a: \"\\ud800\"\n", "1:"},
           Row{"%YAML 9.9\n---\na: 1\n", "YAML major version too large"},
       }) {
    EXPECT_NE(problems(row.text).find(row.problem), std::string::npos) << row.text << "-> " << problems(row.text);
  }
}

TEST(ParseYaml, TabsElsewhere_Accepted) {
  EXPECT_EQ(problems("a: 1\t# comment\n\t# indented comment\n\t\nb: 2\n"), "");
  EXPECT_EQ(problems("a: 1\r\nb: 2\r\n"), "");
}

TEST(ParseYaml, BeyondLimits_Refused) {
  EXPECT_NE(problems("a: 12345", {.bytes = 7}).find("longer than 7 bytes"), std::string::npos);
  EXPECT_NE(problems("a: [1, 2, 3, 4]", {.nodes = 5}).find("more than 5 values"), std::string::npos);
  EXPECT_EQ(problems("a: [1, 2, 3, 4]", {.nodes = 7}), "");
  EXPECT_NE(problems("a: [[[1]]]", {.depth = 3}).find("1:6 nested more than 3 levels deep"), std::string::npos);
  EXPECT_EQ(problems("a: [[[1]]]", {.depth = 4}), "");
  EXPECT_NE(problems("a: " + std::string(400'000, '[')).find("nested more than"), std::string::npos);
  EXPECT_NE(problems(std::string(400'000, '{')), "");
  std::string names;
  for (int i = 0; i <= 1000; ++i) names += fmt::format("n{}: 1\n", i);
  EXPECT_NE(problems(names).find("more than 1000 names"), std::string::npos);
}

TEST(ParseYaml, AliasBomb_IsCheap) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}]\n", i, i - 1);
  EXPECT_NE(problems(bomb).find("aliases (*name) are not supported"), std::string::npos);
}

}  // namespace
}  // namespace quivive::config
