#include "base/text.h"

#include <gtest/gtest.h>

namespace quivive {
namespace {

using namespace std::string_literals;

TEST(AsciiLower, OnlyLettersOfAscii_Change) {
  for (int b = 0; b < 256; ++b) {
    const char c = static_cast<char>(b);
    EXPECT_EQ(ascii_lower(c), c >= 'A' && c <= 'Z' ? static_cast<char>(b - 'A' + 'a') : c);
  }
  EXPECT_EQ(to_lower("WWW-Authenticate\xc3\x84"), "www-authenticate\xc3\x84");
}

TEST(Iequals, CaseOfAscii_Ignored) {
  EXPECT_TRUE(iequals("", ""));
  EXPECT_TRUE(iequals("BEARER", "bearer"));
  EXPECT_FALSE(iequals("bearer", "bearer "));
  EXPECT_FALSE(iequals("bearer", "beare"));
  EXPECT_FALSE(iequals("[", "{"));  // differ by the same bit as 'A' and 'a'
  EXPECT_FALSE(iequals("\xc3\x84", "\xc3\xa4"));
}

TEST(TrimOws, SpaceAndTab_AtBothEndsOnly) {
  struct Row {
    std::string_view in, out;
  };
  for (const Row& row : {Row{"", ""}, Row{" \t ", ""}, Row{"a", "a"}, Row{" \ta b\t ", "a b"}, Row{"\na\r", "\na\r"}, Row{"\va", "\va"}}) {
    EXPECT_EQ(trim_ows(row.in), row.out);
  }
}

TEST(Closest, NearMiss_Found) {
  constexpr std::string_view kNames[] = {"algorithms", "audience", "issuer", "leeway", "first_byte_timeout"};
  struct Row {
    std::string_view word, meant;
  };
  for (const Row& row : {Row{"algoritms", "algorithms"}, Row{"Audience", "audience"}, Row{"aduience", "audience"}, Row{"isuer", "issuer"}, Row{"issuers", "issuer"},
                         Row{"first-byte-timeout", "first_byte_timeout"}, Row{"leeawy", "leeway"}}) {
    EXPECT_EQ(closest(row.word, kNames), row.meant) << row.word;
  }
}

TEST(Closest, FarWord_Nothing) {
  constexpr std::string_view kNames[] = {"algorithms", "audience"};
  for (const std::string_view word : {"", "x", "password", "algo", "audiencealgorithms"}) EXPECT_EQ(closest(word, kNames), "") << word;
  EXPECT_EQ(closest("audience", {}), "");
}

TEST(Closest, VeryLongWord_NothingAtOnce) {
  const std::string name(65, 'a');
  const std::string_view names[] = {name};
  EXPECT_EQ(closest(name, names), "");
}

TEST(Closest, TwoAsNear_FirstWins) {
  constexpr std::string_view kNames[] = {"rs256", "es256"};
  EXPECT_EQ(closest("xs256", kNames), "rs256");
}

TEST(Printable, HostileText_StaysOneHarmlessLine) {
  struct Row {
    std::string in;
    std::string_view out;
  };
  for (const Row& row : {Row{"plain", "plain"}, Row{"a\r\nb", "a\\x0d\\x0ab"}, Row{"\x1b[31m", "\\x1b[31m"}, Row{"a\0b"s, "a\\x00b"}, Row{"\x7f", "\\x7f"}, Row{"back\\slash", "back\\x5cslash"},
                         Row{"Zoë €", "Zoë €"}, Row{"\xc2\x9b" "31m", "\\xc2\\x9b31m"}, Row{"\xff", "\\xff"}, Row{"\xc3", "\\xc3"}, Row{"\xed\xa0\x80", "\\xed\\xa0\\x80"}}) {
    EXPECT_EQ(printable(row.in), row.out);
  }
}

TEST(Printable, LongText_CutBetweenCharacters) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef…");
  EXPECT_EQ(printable("abcde\xc3\xab", 6), "abcde…");
  EXPECT_EQ(printable("abc\n", 6), "abc…");
  EXPECT_LE(printable(std::string(1 << 20, '\n')).size(), 200 + std::string_view("…").size());
}

TEST(IsValidUtf8, Rfc3629Edges_Table) {
  struct Row {
    std::string_view text;
    bool valid;
  };
  for (const Row& row : {
           Row{"", true}, Row{"ascii", true}, Row{"\x7f", true},
           Row{"\x80", false}, Row{"\xbf", false},                              // a continuation alone
           Row{"\xc0\xaf", false}, Row{"\xc1\xbf", false},                      // overlong '/'
           Row{"\xc2\x80", true}, Row{"\xdf\xbf", true}, Row{"\xc2", false}, Row{"\xc2\x41", false}, Row{"\xc2\xc0", false},
           Row{"\xe0\x9f\xbf", false}, Row{"\xe0\xa0\x80", true},               // overlong; first of three bytes
           Row{"\xed\x9f\xbf", true}, Row{"\xed\xa0\x80", false}, Row{"\xed\xbf\xbf", false}, Row{"\xee\x80\x80", true},  // surrogates
           Row{"\xef\xbf\xbf", true}, Row{"\xe2\x82", false}, Row{"\xe2\x28\xa1", false}, Row{"\xe2\x82\x28", false},
           Row{"\xf0\x8f\xbf\xbf", false}, Row{"\xf0\x90\x80\x80", true},       // overlong; first of four bytes
           Row{"\xf4\x8f\xbf\xbf", true}, Row{"\xf4\x90\x80\x80", false}, Row{"\xf5\x80\x80\x80", false}, Row{"\xff", false},
           Row{"\xf0\x9f\x98", false}, Row{"\xf0\x9f\x98\x80!", true},
       }) {
    EXPECT_EQ(is_valid_utf8(row.text), row.valid) << printable(row.text);
  }
}

}  // namespace
}  // namespace quivive
