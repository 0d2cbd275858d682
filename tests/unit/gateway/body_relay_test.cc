#include "gateway/body_relay.h"

#include <gtest/gtest.h>

namespace quivive::gateway {
namespace {

using http::Body;

struct Relayed {
  std::string out;
  std::string left;  // what was not taken
  bool done;
  std::string failure;
  std::uint64_t bytes;
};

// Feeds `input` in pieces of the given sizes, what is not taken again before the next, as a connection's buffer would.
Relayed relay(BodyRelay relay, std::string_view input, std::size_t first, bool ends) {
  Relayed r{};
  std::size_t taken = 0;
  for (const std::size_t end : {std::min(first, input.size()), input.size()}) {
    taken += relay.take(input.substr(taken, end - taken), r.out);
  }
  if (ends) relay.end_of_input(r.out);
  r.left = input.substr(taken);
  r.done = relay.done();
  r.failure = relay.failure();
  r.bytes = relay.bytes();
  EXPECT_EQ(relay.failed(), !r.failure.empty());
  return r;
}

struct RelayRow {
  const char* name;
  Body in;
  std::uint64_t length;
  std::string_view input;
  bool ends;
  std::string_view plain;  // the body that the receiver gets
  std::string_view left;
  bool done;
  bool failed;
};

constexpr RelayRow kRelayRows[] = {
    {"no body", Body::None, 0, "GET / HTTP", false, "", "GET / HTTP", true, false},
    {"length", Body::Length, 5, "hello", false, "hello", "", true, false},
    {"length, next message behind", Body::Length, 5, "helloGET /", false, "hello", "GET /", true, false},
    {"length 0", Body::Length, 0, "GET /", false, "", "GET /", true, false},
    {"length, truncated", Body::Length, 6, "hello", true, "hello", "", false, true},
    {"length, more to come", Body::Length, 6, "hello", false, "hello", "", false, false},
    {"length beyond 32 bits", Body::Length, 0xffffffffffull, "hello", false, "hello", "", false, false},
    {"until close", Body::UntilClose, 0, "hello\r\n0\r\n\r\n", true, "hello\r\n0\r\n\r\n", "", true, false},
    {"until close, still open", Body::UntilClose, 0, "hello", false, "hello", "", false, false},
    {"until close, empty", Body::UntilClose, 0, "", true, "", "", true, false},
    {"chunked", Body::Chunked, 0, "5\r\nhello\r\n0\r\n\r\n", false, "hello", "", true, false},
    {"chunked, next message behind", Body::Chunked, 0, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\nGET /", false, "hello", "GET /", true, false},
    {"chunked, extensions and trailers do not pass", Body::Chunked, 0, "5;a=b\r\nhello\r\n0;x\r\nX-Trailer: evil\r\n\r\n", false, "hello", "", true, false},
    {"chunked, empty", Body::Chunked, 0, "0\r\n\r\n", false, "", "", true, false},
    {"chunked, truncated in data", Body::Chunked, 0, "5\r\nhel", true, "hel", "", false, true},
    {"chunked, truncated before the last chunk", Body::Chunked, 0, "5\r\nhello\r\n", true, "hello", "", false, true},
    {"chunked, truncated before the end", Body::Chunked, 0, "5\r\nhello\r\n0\r\n", true, "hello", "", false, true},
};

// The data of chunks, whatever they are cut into; "!" where the framing is wrong or data follows the end.
std::string unchunked(std::string_view text, bool done) {
  http::ChunkedDecoder decoder;
  std::string out;
  while (!text.empty()) {
    const auto step = decoder.next(text);
    text.remove_prefix(step.consumed);
    if (step.status == http::ChunkedDecoder::Status::Failed) return "!";
    if (step.status == http::ChunkedDecoder::Status::Done) break;
    out += step.data;
  }
  return text.empty() && decoder.done() == done ? out : "!";
}

TEST(BodyRelay, EveryFraming_CutAnywhere_SameBody) {
  for (const RelayRow& row : kRelayRows) {
    for (std::size_t cut = 0; cut <= row.input.size(); ++cut) {
      SCOPED_TRACE(testing::Message() << row.name << ", cut at " << cut);
      const Relayed plain = relay({row.in, row.length, BodyOut::Plain}, row.input, cut, row.ends);
      EXPECT_EQ(plain.out, row.plain);
      EXPECT_EQ(plain.left, row.left);
      EXPECT_EQ(plain.done, row.done);
      EXPECT_EQ(!plain.failure.empty(), row.failed) << plain.failure;
      EXPECT_EQ(plain.bytes, row.plain.size());

      // A body that is over before it began is never sent with framing of its own.
      if (row.in == Body::None || (row.in == Body::Length && row.length == 0)) continue;
      const Relayed chunked = relay({row.in, row.length, BodyOut::Chunked}, row.input, cut, row.ends);
      EXPECT_EQ(unchunked(chunked.out, row.done), row.plain) << chunked.out;
      EXPECT_EQ(chunked.left, row.left);
      EXPECT_EQ(chunked.done, row.done);
      EXPECT_EQ(chunked.failure, plain.failure);
      EXPECT_EQ(chunked.bytes, row.plain.size());
    }
  }
}

TEST(BodyRelay, Chunked_ByteForByte) {
  std::string out;
  BodyRelay relay(Body::Chunked, 0, BodyOut::Chunked);
  EXPECT_EQ(relay.take("10;secret=1\r\n0123456789abcdef\r\n", out), 31u);
  EXPECT_EQ(out, "10\r\n0123456789abcdef\r\n");
  out.clear();
  EXPECT_EQ(relay.take("0\r\nX: y\r\n\r\nrest", out), 11u);
  EXPECT_EQ(out, "0\r\n\r\n");
  EXPECT_TRUE(relay.done());
  EXPECT_EQ(relay.take("rest", out), 0u);
  relay.end_of_input(out);
  EXPECT_EQ(out, "0\r\n\r\n");  // the end is said once
  EXPECT_FALSE(relay.failed());
}

TEST(BodyRelay, Reframe_HeldBytesFirst_CountedOnce) {
  struct Step {
    Body in;
    BodyOut to;
    std::string_view first, second;  // before and after
    std::string_view at_once, in_all;
  };
  for (const Step& step : {Step{Body::Length, BodyOut::Plain, "hello", "", "hello", "hello"}, Step{Body::Length, BodyOut::Plain, "he", "llo", "he", "hello"},
                           Step{Body::Chunked, BodyOut::Chunked, "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "", "5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"},
                           Step{Body::Chunked, BodyOut::Chunked, "3\r\nhel", "\r\n2\r\nlo\r\n0\r\n\r\n", "3\r\nhel\r\n", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"},
                           Step{Body::Chunked, BodyOut::Chunked, "0\r\n\r\n", "", "0\r\n\r\n", "0\r\n\r\n"}, Step{Body::Chunked, BodyOut::Chunked, "5", "\r\nhello\r\n0\r\n\r\n", "", "5\r\nhello\r\n0\r\n\r\n"}}) {
    SCOPED_TRACE(testing::PrintToString(step.first));
    BodyRelay relay(step.in, 5, BodyOut::Plain);
    std::string held, out;
    EXPECT_EQ(relay.take(step.first, held), step.first.size());
    relay.reframe(step.to, held, out);
    EXPECT_EQ(out, step.at_once);
    EXPECT_EQ(relay.take(step.second, out), step.second.size());
    EXPECT_EQ(out, step.in_all);
    EXPECT_TRUE(relay.done());
    EXPECT_EQ(relay.bytes(), held.size() + (step.second.empty() ? 0 : 5 - held.size()));
  }
  BodyRelay none(Body::None, 0, BodyOut::Plain);
  std::string out;
  none.reframe(BodyOut::Plain, "", out);
  EXPECT_EQ(out, "");
}

TEST(BodyRelay, BrokenChunks_FailForGood) {
  for (const std::string_view input : {"\r\n", "g\r\n", "5\nhello", "5\r\nhelloX", "-1\r\n", "0x5\r\n", " 5\r\n", "11111111111111111\r\n", "5 \r\nhello",
                                       "0\r\nbad trailer\r\n\r\n", "0\r\n: x\r\n\r\n", "5\r\rhello"}) {
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
      for (const BodyOut to : {BodyOut::Plain, BodyOut::Chunked}) {
        SCOPED_TRACE(testing::Message() << testing::PrintToString(input) << ", cut at " << cut);
        BodyRelay relay(Body::Chunked, 0, to);
        std::string out;
        std::size_t taken = relay.take(input.substr(0, cut), out);
        taken += relay.take(input.substr(taken), out);
        EXPECT_TRUE(relay.failed());
        EXPECT_FALSE(relay.done());
        // Threat: the last chunk after a failure would make a cut message look whole.
        EXPECT_EQ(out.find("0\r\n\r\n"), std::string::npos);
        const std::string before = out;
        EXPECT_EQ(relay.take("0\r\n\r\n", out), 0u);
        relay.end_of_input(out);
        EXPECT_EQ(out, before);
        EXPECT_FALSE(relay.done());
      }
    }
  }
}

}  // namespace
}  // namespace quivive::gateway
