#include "diagnose/readers/lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quivive::diagnose::readers {
namespace {

TEST(Undressed, TerminalEscapes_AreTakenOut) {
  struct Row {
    std::string_view text, plain;
  };
  for (const Row& row : {
           Row{"a", "a"},
           Row{"\x1b[1mA\x1b[0m: \x1b[38;5;9mb", "A: b"},
           Row{"\x1b]8;;https://h/\x1b\\/x\x1b]8;;\x1b\\", "/x"},
           Row{"\x1b]0;title\ax", "x"},
           Row{"\x1b(B\x1b[mx", "x"},
           // Broken ones lose no text behind them
           Row{"\x1b]8;;a\nb", "]8;;a\nb"},
           Row{"\x1b]8;\x1b[1mx", "]8;x"},
           Row{"\x1b[1;\nx", "[1;\nx"},
           Row{"x\x1b", "x"},
           Row{"\xef\xbb\xbfx", "x"},
       }) {
    EXPECT_EQ(undressed(row.text), row.plain) << row.text;
  }
}

TEST(Undressed, Entities_AreUndoneOnlyWhereMarksAreEscaped) {
  EXPECT_EQ(undressed("&lt; HTTP/1.1 401\n&lt; A: &quot;&amp;&#39;&nope;"), "< HTTP/1.1 401\n< A: \"&'&nope;");
  EXPECT_EQ(undressed("< HTTP/1.1 401\n\n&lt;b&gt;"), "< HTTP/1.1 401\n\n&lt;b&gt;");
}

TEST(LineReader, Ends_AreOfEveryKind) {
  const auto lines = [](std::string_view text, bool lone_cr) {
    std::string all;
    LineReader reader(text, lone_cr);
    for (Line line; reader.next(line);) all += std::to_string(line.offset) + std::string(line.text) + "|";
    return all;
  };
  EXPECT_EQ(lines("a\r\nb\n\nc\rd", false), "0a|3b|5|6c\rd|");
  EXPECT_EQ(lines("a\r\nb\n\nc\rd", true), "0a|3b|5|6c|8d|");
  EXPECT_EQ(lines("", true), "");
}

TEST(ReadError, Line_IsCounted) {
  const ReadError error = read_error(Format::Http, "a\nb\nc", 4, "x");
  EXPECT_EQ(error.line, 3u);
  EXPECT_EQ(error.offset, 4u);
  EXPECT_EQ(read_error(Format::Http, "a", 99, "x").offset, 1u);
}

}  // namespace
}  // namespace quivive::diagnose::readers
