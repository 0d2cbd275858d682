#include "net/stream.h"

#include "loopback.h"

#include <array>
#include <string>
#include <thread>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace quivive::net {
namespace {

using std::chrono::milliseconds;

class StreamTest : public testing::Test {
 protected:
  StreamTest() : near_(Socket(loop_.executor()), loop_.deadlines()), far_(loop_.executor()) {
    auto [near_end, far_end] = socket_pair(loop_);
    near_.socket() = std::move(near_end);
    far_ = std::move(far_end);
  }
  void sweep(milliseconds since) { loop_.deadlines().sweep(start_ + since); }

  EventLoop loop_;
  Stream near_;
  Socket far_;
  const SteadyClock::time_point start_ = loop_.deadlines().now();
};

TEST_F(StreamTest, ReadNow_TellsNothingDataAndEnd) {
  std::array<char, 8> buffer{};
  error_code ec;
  EXPECT_EQ(near_.read_now(asio::buffer(buffer), ec), 0u);
  EXPECT_EQ(ec, asio::error::would_block);
  asio::write(far_, asio::buffer("hello", 5));
  wait_readable(near_.socket());
  EXPECT_EQ(near_.read_now(asio::buffer(buffer), ec), 5u);
  EXPECT_FALSE(ec);
  EXPECT_EQ(std::string(buffer.data(), 5), "hello");
  far_.close();
  wait_readable(near_.socket());
  EXPECT_EQ(near_.read_now(asio::buffer(buffer), ec), 0u);
  EXPECT_EQ(ec, asio::error::eof);
}

TEST_F(StreamTest, IsQuiet_NeitherClosedNorChatty) {
  EXPECT_TRUE(near_.is_quiet());
  asio::write(far_, asio::buffer("x", 1));
  wait_readable(near_.socket());
  EXPECT_FALSE(near_.is_quiet());
  std::array<char, 8> buffer{};
  error_code ec;
  EXPECT_EQ(near_.read_now(asio::buffer(buffer), ec), 1u);  // looking took nothing
  EXPECT_TRUE(near_.is_quiet());
  far_.close();
  wait_readable(near_.socket());
  EXPECT_FALSE(near_.is_quiet());
}

TEST_F(StreamTest, IsQuiet_ClosedHere_IsNot) {
  near_.close();
  EXPECT_FALSE(near_.is_quiet());
  EXPECT_FALSE(near_.is_open());
}

TEST_F(StreamTest, WriteNow_FullBuffer_TakesNothingAndIsNoError) {
  const std::string block(64 * 1024, 'x');
  error_code ec;
  std::size_t total = 0;
  for (std::size_t n = 1; n > 0 && total < (1u << 30); total += n) n = near_.write_now(asio::buffer(block), ec);
  EXPECT_FALSE(ec);
  EXPECT_GT(total, 0u);
  EXPECT_LT(total, 1u << 30);
}

TEST_F(StreamTest, WriteNow_ToAClosedConnection_IsAnErrorAndNoSignal) {
  near_.socket().shutdown(Socket::shutdown_send);
  error_code ec;
  EXPECT_EQ(near_.write_now(asio::buffer("x", 1), ec), 0u);
  EXPECT_EQ(ec, asio::error::broken_pipe);
}

TEST_F(StreamTest, Timeout_EndsThePendingReadAndLeavesAMomentForLastWords) {
  error_code seen;
  near_.expires_after(milliseconds(100));
  run(loop_, [&]() -> Awaitable<> {
    asio::post(loop_.executor(), [&] { sweep(milliseconds(300)); });
    std::array<char, 8> buffer{};
    const auto [ec, n] = co_await near_.async_read_some(asio::buffer(buffer));
    seen = ec;
    (void)n;
  });
  EXPECT_EQ(seen, asio::error::operation_aborted);
  EXPECT_TRUE(near_.timed_out());
  EXPECT_TRUE(near_.is_open());
  error_code ec;
  EXPECT_EQ(near_.write_now(asio::buffer("408", 3), ec), 3u);
  sweep(milliseconds(300) + Stream::kLastWords + DeadlineList::kSweep);
  EXPECT_FALSE(near_.is_open());
  std::array<char, 8> last{};
  EXPECT_EQ(asio::read(far_, asio::buffer(last, 3)), 3u);
}

TEST_F(StreamTest, WriteAll_MoreThanTheKernelTakes_ArrivesWhole) {
  std::string sent(8 * 1024 * 1024, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31 >> 3);
  std::string received(sent.size(), '\0');
  error_code write_error = asio::error::fault;
  std::thread reader([&] {
    error_code ec;
    far_.non_blocking(false);
    asio::read(far_, asio::buffer(received), ec);
  });
  run(loop_, [&]() -> Awaitable<> { write_error = co_await write_all(near_, asio::buffer(sent)); });
  reader.join();
  EXPECT_FALSE(write_error);
  EXPECT_TRUE(received == sent);
}

TEST_F(StreamTest, ShutdownSend_TheOtherEndSeesTheEnd) {
  run(loop_, [&]() -> Awaitable<> { co_await near_.shutdown_send(); });
  wait_readable(far_);
  char byte;
  error_code ec;
  EXPECT_EQ(far_.read_some(asio::buffer(&byte, 1), ec), 0u);
  EXPECT_EQ(ec, asio::error::eof);
  EXPECT_TRUE(near_.is_open());
}

}  // namespace
}  // namespace quivive::net
