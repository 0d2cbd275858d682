#include "agent/header_lines.h"

#include <gtest/gtest.h>

namespace quivive::agent {
namespace {

using State = HeaderLines::State;

State feed(HeaderLines& lines, std::initializer_list<std::string_view> all) {
  State last = State::More;
  for (const std::string_view line : all) last = lines.line(line);
  return last;
}

TEST(HeaderLines, Shapes) {
  HeaderLines lines;
  ASSERT_EQ(feed(lines, {"HTTP/1.1 401 Not You\r\n", "A: 1\r\n", "b:2  \r\n", "A: \r\n", " folded\r\n", "no colon\r\n", "\r\n"}),
            State::Done);
  const ResponseHead head = lines.take();
  EXPECT_EQ(head.status, 401);
  EXPECT_EQ(head.version, "HTTP/1.1");
  EXPECT_EQ(head.reason, "Not You");
  ASSERT_EQ(head.fields.size(), 3u);
  EXPECT_EQ(head.value("a"), "1");
  EXPECT_EQ(head.value("B"), "2");
  EXPECT_EQ(head.fields[2].value, " folded");
}

TEST(HeaderLines, Http2_HasNoReason) {
  HeaderLines lines;
  ASSERT_EQ(feed(lines, {"HTTP/2 204 \r\n", "\r\n"}), State::Done);
  const ResponseHead head = lines.take();
  EXPECT_EQ(head.version, "HTTP/2");
  EXPECT_EQ(head.status, 204);
  EXPECT_EQ(head.reason, "");
}

TEST(HeaderLines, Interim_IsForgotten) {
  HeaderLines lines;
  ASSERT_EQ(feed(lines, {"HTTP/1.1 103 Early Hints\r\n", "Link: a\r\n", "\r\n"}), State::Interim);
  ASSERT_EQ(feed(lines, {"HTTP/1.1 200 OK\r\n", "\r\n"}), State::Done);
  EXPECT_TRUE(lines.take().fields.empty());
}

TEST(HeaderLines, Bound_CountsInterimResponsesToo) {
  HeaderLines lines;
  const std::string field = "X: " + std::string(1000, 'x') + "\r\n";
  State last = State::More;
  for (std::size_t i = 0; i < kMaxResponseHead / 1000 + 1 && last != State::TooLarge; ++i)
    last = feed(lines, {"HTTP/1.1 100 Continue\r\n", field, "\r\n"});
  EXPECT_EQ(last, State::TooLarge);
}

}  // namespace
}  // namespace quivive::agent
