#include "diagnose/readers/shell_words.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quivive::diagnose::readers {
namespace {

using Words = std::vector<std::string>;

std::string joined(const Result<ShellCommand, ShellFault>& split) {
  if (!split) return "offset " + std::to_string(split.error().offset) + ": " + split.error().message;
  std::string out;
  for (const ShellWord& word : split->words) out += (out.empty() ? "" : "|") + word.text;
  return out;
}

TEST(SplitBash, Quoting_IsUndone) {
  struct Row {
    std::string text, words;
  };
  for (const Row& row : {
           Row{"", ""},
           Row{"  a  b\tc ", "a|b|c"},
           Row{"'a b' \"c d\"", "a b|c d"},
           Row{"a'b'\"c\"d", "abcd"},
           Row{"'it'\\''s'", "it's"},
           Row{"a\\ b \\\"x\\\"", "a b|\"x\""},
           Row{R"("a\"b\\c\$d\`e\x")", R"(a"b\c$d`e\x)"},
           Row{R"($'a\'b\n\t\\\u0021\x41\101\e[0m\"')", "a'b\n\t\\!AA\x1b[0m\""},
           Row{R"($'\u20ac \U0001f600 \xe2\x82\xac \q \x')", "€ 😀 € \\q \\x"},
           Row{R"($"a $b")", "a $b"},
           Row{"x '' \"\"", "x||"},
           Row{"a \\\n  b \\\r\n c", "a|b|c"},
           Row{"a\\\nb", "ab"},
           Row{"\"a\\\nb\"", "ab"},
           Row{"\"a\nb\"", "a\nb"},
           Row{"'a\nb'", "a\nb"},
           Row{"a \\  \n b", "a|b"},
           Row{"curl x\n  -H 'a: b'\n--data c\nfoo", "curl|x|-H|a: b|--data|c"},
           Row{"curl x\n-----\n", "curl|x"},
           Row{"curl x\n--2024-05-01 10:00--", "curl|x"},
           Row{"a `\n b", "a|b"},
           Row{"a # rest", "a"},
           Row{"a#b 'c' #d\n", "a#b|c"},
           Row{"a | b", "a"},
           Row{"a;b", "a"},
           Row{"a && b", "a"},
           Row{"a & b", "a"},
           Row{"a > out 2>&1 b", "a|b"},
           Row{"a >out 2>/dev/null < in b", "a|b"},
           Row{"a &> all b", "a|b"},
           Row{"a <YOUR_TOKEN> u:<pass word>", "a|<YOUR_TOKEN>|u:<pass word>"},
           Row{"a) b", "a"},
           Row{"a` more", "a"},
           Row{"a\\", "a"},
           Row{"\"$\" $ $= 'x'$", "$|$|$=|x$"},
           Row{"$(cat 'a)b' \"c)\" $(d)) e", "$(cat 'a)b' \"c)\" $(d))|e"},
           Row{"`cat x` \"`cat y`\"", "`cat x`|`cat y`"},
           Row{"$(a b", "$"},
       }) {
    EXPECT_EQ(joined(split_bash(row.text, 0)), row.words) << row.text;
  }
}

TEST(SplitBash, UnclosedQuotes_AreNamedWithTheirPlace) {
  EXPECT_EQ(joined(split_bash("a 'b", 0)), "offset 2: an unclosed ' quote that begins here");
  EXPECT_EQ(joined(split_bash("a b\"c 'd'", 0)), "offset 3: an unclosed \" quote that begins here");
  EXPECT_EQ(joined(split_bash("a $'b\\'", 0)), "offset 2: an unclosed $' quote that begins here");
  EXPECT_EQ(joined(split_bash("a \"b\\", 0)), "offset 2: an unclosed \" quote that begins here");
}

TEST(SplitBash, End_IsWhereTheNextCommandBegins) {
  const std::string text = "curl a; curl b && curl c\ncurl d";
  std::string all;
  for (std::size_t at = 0; at < text.size();) {
    const auto split = split_bash(text, at);
    ASSERT_TRUE(split);
    all += joined(split) + (split->ends_line ? "\n" : "+");
    ASSERT_GT(split->end, at);
    at = split->end;
  }
  EXPECT_EQ(all, "curl|a+curl|b+curl|c\ncurl|d\n");
}

TEST(SplitBash, Expansions_ArePointedAt) {
  struct Row {
    std::string text, expansions;
  };
  for (const Row& row : {
           Row{"'$A'", ""},
           Row{"\"$A\"", "$A"},
           Row{"$A", "$A"},
           Row{"\"Bearer ${A_1} x\"", "${A_1}"},
           Row{"\"\\$A\"", ""},
           Row{"\\$A", ""},
           Row{"\"pa$word!x\"", "$word,!x"},
           Row{"\"a!\"", ""},
           Row{"\"a! b\"", ""},
           Row{"'a!b'", ""},
           Row{"\"`id`\"", "`id`"},
           Row{"\"$(jq -r .t x)\"", "$(jq -r .t x)"},
           Row{"\"$1$?\"", "$1,$?"},
           Row{"\"100$\"", ""},
           Row{"$'$A'", ""},
           Row{"a!b", "!b"},
           Row{"\"p\\!q\"", ""},
       }) {
    const auto split = split_bash(row.text, 0);
    ASSERT_TRUE(split && split->words.size() == 1) << row.text;
    std::string found;
    for (const auto& expansion : split->words[0].expansions) {
      found += (found.empty() ? "" : ",") + split->words[0].text.substr(expansion.begin, expansion.end - expansion.begin);
    }
    EXPECT_EQ(found, row.expansions) << row.text;
  }
}

TEST(SplitBash, KnownVariables_AreReplacedWhereBashDoes) {
  const Variables variables = {{"T", "a b"}};
  const auto split = split_bash("\"x $T\" '$T' $T ${T} \"$U\"", 0, variables);
  EXPECT_EQ(joined(split), "x a b|$T|a b|a b|$U");
  EXPECT_TRUE(split->words[0].expansions.empty());
  EXPECT_EQ(split->words[4].expansions.size(), 1u);
}

TEST(SplitBash, Ampersand_CutsAnUnquotedUrl) {
  EXPECT_EQ(split_bash("curl https://h/?a=1&key=2 -H x", 0)->background, "key=2 -H x");
  EXPECT_EQ(split_bash("curl 'https://h/?a=1&key=2'", 0)->background, "");
  EXPECT_EQ(split_bash("curl https://h/ &", 0)->background, "");
  EXPECT_EQ(split_bash("curl https://h/&&curl b", 0)->background, "");
  EXPECT_EQ(split_bash("curl https://h/ & curl b", 0)->background, "");
}

TEST(SplitBash, Pieces_RememberTheirQuotes) {
  const auto split = split_bash("ab'cd'\"ef\"$'gh'", 0);
  ASSERT_TRUE(split);
  std::string found;
  for (const auto& piece : split->words[0].pieces)
    found += std::to_string(static_cast<int>(piece.quoting)) + split->words[0].text.substr(piece.begin, piece.end - piece.begin) + " ";
  EXPECT_EQ(found, "0ab 1cd 2ef 1gh ");
  EXPECT_EQ(split_bash("  x", 0)->words[0].offset, 2u);
}

TEST(SplitBash, ASubstitutionThatDoesNotEnd_IsLookedForNearby) {
  EXPECT_EQ(joined(split_bash("\"$(a\" b", 0)), "$(a|b");
  const std::string far = "\"$(" + std::string(20'000, 'x') + ")\" b";
  const auto split = split_bash(far, 0);
  ASSERT_TRUE(split && split->words.size() == 2);
  EXPECT_TRUE(split->words[0].expansions.empty());
}

TEST(SplitBash, HostileInput_TakesLinearTime) {
  const std::size_t many = 200'000;
  for (const std::string piece : {"$(", "`", "\"$(\" ", "${", "!", "<a", "a&b", "'' "}) {
    std::string text;
    while (text.size() < many) text += piece;
    EXPECT_LE(joined(split_bash(text, 0)).size(), 2 * text.size());
  }
  const Variables variables = {{"A", std::string(64 * 1024, 'x')}};
  std::string text;
  while (text.size() < many) text += "$A";
  const auto split = split_bash(text, 0, variables);
  ASSERT_TRUE(split);
  EXPECT_LE(split->words[0].text.size(), many + kMaxExpanded);
}

TEST(SplitCmd, Quoting_IsUndone) {
  struct Row {
    std::string text, words;
  };
  for (const Row& row : {
           Row{"curl \"a b\" c", "curl|a b|c"},
           Row{"curl ^\"https://h/^?a=b^&c=d^\" ^\n  -H ^\"x: y^\"", "curl|https://h/?a=b&c=d|-H|x: y"},
           Row{"curl ^\"u^\" ^\r\n  -H ^\"x: y^\" ^\r\n", "curl|u|-H|x: y"},
           Row{R"(-H ^"sec-ch-ua: ^\^"Chromium^\^";v=^\^"124^\^"^")", R"(-H|sec-ch-ua: "Chromium";v="124")"},
           Row{R"(--data-raw ^"^{^\^"a^\^":1^}^")", R"(--data-raw|{"a":1})"},
           Row{R"(-d "{\"a\":\"b\"}")", R"(-d|{"a":"b"})"},
           Row{R"(-d "{""a"":1}" x)", R"(-d|{"a":1}|x)"},
           Row{R"(-d "a\\" b)", R"(-d|a\|b)"},
           Row{R"(C:\x\curl.exe -o C:\out)", R"(C:\x\curl.exe|-o|C:\out)"},
           Row{"-d ^\"a^\n\nb^\"", "-d|a\nb"},
           Row{"-d ^\"a^\r\n\r\nb^\"", "-d|a\nb"},
           Row{"'a b'", "'a|b'"},
           Row{"a ^^ ^%x", "a|^|%x"},
           Row{"\"a^b\"", "a^b"},
           Row{"a | b", "a"},
           Row{"a > nul 2>&1 b", "a|b"},
           Row{"--data-raw ^\"^\"", "--data-raw|"},
           Row{"a\nb", "a"},
       }) {
    EXPECT_EQ(joined(split_cmd(row.text, 0)), row.words) << row.text;
  }
  EXPECT_EQ(joined(split_cmd("curl \"a", 0)), "offset 5: an unclosed \" quote that begins here");
}

TEST(SplitCmd, PercentNames_AreExpansions) {
  const auto split = split_cmd("\"Bearer %TOKEN%\" 100%% %20a", 0);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->words[0].expansions.size(), 1u);
  EXPECT_TRUE(split->words[1].expansions.empty());
  EXPECT_TRUE(split->words[2].expansions.empty());
  EXPECT_TRUE(split_cmd("^\"%TOKEN^%^\"", 0)->words[0].expansions.empty());
  EXPECT_EQ(split_cmd("curl https://h/?a=1&b=2", 0)->background, "b=2");
}

TEST(LooksLikeCmd, CaretsAsQuoting_AreSeen) {
  EXPECT_TRUE(looks_like_cmd("curl ^\"https://h^\""));
  EXPECT_TRUE(looks_like_cmd("curl \"https://h\" ^\r\n -H \"a: b\""));
  EXPECT_FALSE(looks_like_cmd("curl 'https://h/?p=^a' -d '{\"re\":\"^\"}'"));
  EXPECT_FALSE(looks_like_cmd("curl https://h"));
  EXPECT_TRUE(looks_like_cmd("C:\\Users\\bob>curl https://h"));
  EXPECT_TRUE(looks_like_cmd("# as seen\n (base) D:\\> curl.exe https://h\n"));
  EXPECT_FALSE(looks_like_cmd("PS C:\\Users\\bob> curl https://h"));
  EXPECT_FALSE(looks_like_cmd("C:\\Users\\bob>dir\n$ curl https://h"));
  EXPECT_FALSE(looks_like_cmd("(\n"));
}

}  // namespace
}  // namespace quivive::diagnose::readers
