#include "gateway/body_buffer.h"

#include "../net/loopback.h"

#include <boost/asio/write.hpp>

#include <vector>

namespace quivive::gateway {
namespace {

using http::Body;
namespace asio = net::asio;

struct Buffered {
  BodyRead result = BodyRead::Gone;
  std::string body;
  std::string head;  // as it is afterwards
  std::string rest;  // what follows the body in the buffer
  bool done = false;
};

struct Given {
  Body framing = Body::Length;
  std::uint64_t length = 0;
  std::size_t limit = 100;
  std::size_t capacity = 64;  // of the whole buffer
  std::string buffered;       // has come with the head
  std::string arrives;        // comes after it
  bool closes = false;
};

constexpr std::string_view kHead = "POST / HTTP/1.1\r\n\r\n";

Buffered read(const Given& given) {
  net::EventLoop loop;
  auto [near_end, far_end] = net::socket_pair(loop);
  net::Stream stream(std::move(near_end), loop.deadlines());
  asio::write(far_end, asio::buffer(given.arrives));
  if (given.closes) far_end.close();
  std::vector<char> room(given.capacity);
  std::ranges::copy(kHead, room.begin());
  std::ranges::copy(given.buffered, room.begin() + kHead.size());
  ReceiveBuffer in{room.data(), room.size(), kHead.size(), kHead.size() + given.buffered.size()};
  BodyRelay relay(given.framing, given.length, BodyOut::Plain);
  Buffered out;
  net::run(loop, [&]() -> net::Awaitable<> {
    const BodyRead result = co_await read_body(stream, in, relay, given.limit, std::chrono::seconds(20), out.body);
    out.result = result;
  });
  EXPECT_EQ(in.body, kHead.size());
  out.head.assign(room.data(), in.body);
  out.rest.assign(room.data() + in.body, in.end - in.body);
  out.done = relay.done();
  return out;
}

struct BufferRow {
  const char* name;
  Body framing;
  std::uint64_t length;
  std::string_view bytes;
  BodyRead result;
  std::string_view body;
  std::string_view rest;  // where the buffer holds it
};

constexpr BufferRow kBufferRows[] = {
    {"length", Body::Length, 5, "hello", BodyRead::Whole, "hello", ""},
    {"length, next request behind", Body::Length, 5, "helloGET /", BodyRead::Whole, "hello", "GET /"},
    {"length 0", Body::Length, 0, "GET /", BodyRead::Whole, "", "GET /"},
    {"none", Body::None, 0, "GET /", BodyRead::Whole, "", "GET /"},
    {"chunked", Body::Chunked, 0, "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", BodyRead::Whole, "hello", ""},
    {"chunked, next request behind", Body::Chunked, 0, "5\r\nhello\r\n0\r\n\r\nGET /", BodyRead::Whole, "hello", "GET /"},
    {"chunked, empty", Body::Chunked, 0, "0\r\n\r\n", BodyRead::Whole, "", ""},
};

// Wherever the head's read ended, and however little room it left.
TEST(BodyBuffer, EveryFraming_CutAnywhere_SameBody) {
  for (const BufferRow& row : kBufferRows) {
    for (std::size_t cut = 0; cut <= row.bytes.size(); ++cut) {
      for (const std::size_t spare : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{4096}}) {
        SCOPED_TRACE(testing::Message() << row.name << ", cut at " << cut << ", spare " << spare);
        Given given{.framing = row.framing, .length = row.length};
        given.capacity = kHead.size() + cut + spare;
        given.buffered = row.bytes.substr(0, cut);
        given.arrives = row.bytes.substr(cut);
        const Buffered out = read(given);
        EXPECT_EQ(out.result, row.result);
        EXPECT_EQ(out.body, row.body);
        EXPECT_EQ(out.head, kHead);
        EXPECT_TRUE(out.done);
        EXPECT_TRUE(row.rest.starts_with(out.rest)) << out.rest;  // the socket may hold the end of it
        if (cut < row.bytes.size()) continue;
        EXPECT_EQ(out.rest, row.rest);
      }
    }
  }
}

TEST(BodyBuffer, Limit_IsInclusive) {
  EXPECT_EQ(read({.length = 5, .limit = 5, .arrives = "hello"}).result, BodyRead::Whole);
  EXPECT_EQ(read({.framing = Body::Chunked, .limit = 5, .arrives = "5\r\nhello\r\n0\r\n\r\n"}).result, BodyRead::Whole);
  EXPECT_EQ(read({.framing = Body::Chunked, .limit = 4, .arrives = "5\r\nhello\r\n0\r\n\r\n"}).result, BodyRead::TooLarge);
  EXPECT_EQ(read({.length = 0, .limit = 0}).result, BodyRead::Whole);
}

TEST(BodyBuffer, LongerByItsLength_ReadsNothingMore) {
  const Buffered out = read({.length = 101, .buffered = "hel", .arrives = "lo"});
  EXPECT_EQ(out.result, BodyRead::TooLarge);
  EXPECT_EQ(out.body, "hel");
  EXPECT_FALSE(out.done);
}

TEST(BodyBuffer, EndlessChunks_HoldsNoMoreThanTheLimitAndOneRead) {
  std::string chunks;
  for (int i = 0; i < 2000; ++i) chunks += "10\r\n0123456789abcdef\r\n";
  const Buffered out = read({.framing = Body::Chunked, .limit = 1000, .capacity = 32 * 1024, .arrives = chunks});
  EXPECT_EQ(out.result, BodyRead::TooLarge);
  EXPECT_GT(out.body.size(), 1000u);
  EXPECT_LE(out.body.size(), 1000u + 4096u);
}

TEST(BodyBuffer, BrokenChunks_AreMalformed) {
  for (const std::size_t capacity : {kHead.size(), std::size_t{64}}) {
    EXPECT_EQ(read({.framing = Body::Chunked, .capacity = capacity, .arrives = "5\r\nhelloXX and much more behind it"}).result, BodyRead::Malformed);
  }
  EXPECT_EQ(read({.framing = Body::Chunked, .buffered = "xyz"}).result, BodyRead::Malformed);
}

TEST(BodyBuffer, ClientLeaves_IsGone) {
  EXPECT_EQ(read({.length = 5, .arrives = "hel", .closes = true}).result, BodyRead::Gone);
  EXPECT_EQ(read({.framing = Body::Chunked, .arrives = "5\r\nhel", .closes = true}).result, BodyRead::Gone);
}

TEST(BodyBuffer, SlowBody_TimesOutAsAWhole) {
  net::EventLoop loop;
  auto [near_end, far_end] = net::socket_pair(loop);
  net::Stream stream(std::move(near_end), loop.deadlines());
  std::vector<char> room(64);
  ReceiveBuffer in{room.data(), room.size(), 0, 0};
  BodyRelay relay(Body::Length, 5, BodyOut::Plain);
  std::string body;
  asio::write(far_end, asio::buffer("he", 2));
  BodyRead result = BodyRead::Whole;
  net::run(loop, [&]() -> net::Awaitable<> {
    const auto start = loop.deadlines().now();
    loop.io().post([&] { loop.io().post([&, start] { loop.deadlines().sweep(start + std::chrono::seconds(21)); }); });
    const BodyRead read = co_await read_body(stream, in, relay, 100, std::chrono::seconds(20), body);
    result = read;
  });
  EXPECT_EQ(result, BodyRead::TimedOut);
}

}  // namespace
}  // namespace quivive::gateway
