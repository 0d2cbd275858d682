#include "net/upstream_pool.h"

#include "loopback.h"

#include <boost/asio/write.hpp>

#include <future>

namespace quivive::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Connected = Result<void, ConnectFailure>;

class UpstreamPoolTest : public testing::Test {
 protected:
  UpstreamPoolTest() { target_->port = acceptor_.local_endpoint().port(); }

  UpstreamPool& pool() {
    if (!pool_) pool_.emplace(loop_, resolver_, target_);
    return *pool_;
  }
  // A connection whose other end is kept.
  std::unique_ptr<UpstreamConnection> connected() {
    auto [near_end, far_end] = socket_pair(loop_);
    far_.push_back(std::move(far_end));
    return std::make_unique<UpstreamConnection>(std::move(near_end), loop_.deadlines());
  }
  Connected connect() {
    Connected out = ConnectFailure{};
    run(loop_, [&]() -> Awaitable<> {
      const auto made = co_await pool().connect(made_);
      out = made;
    });
    return out;
  }
  // Time passes once the upstream has the connection, on which it then says nothing.
  Awaitable<> accept_and_let_time_pass() {
    auto [ec, socket] = co_await acceptor_.async_accept(kUse);
    EXPECT_FALSE(ec);
    far_.push_back(std::move(socket));
    char byte;
    const auto [failed, n] = co_await far_.back().async_read_some(asio::buffer(&byte, 1), kUse);  // the handshake has begun
    EXPECT_EQ(n, 1u);
    (void)failed;
    sweep(seconds(10));
  }
  void sweep(milliseconds since) { loop_.deadlines().sweep(start_ + since); }

  EventLoop loop_;
  WorkerPool resolver_{1, 4};
  Acceptor acceptor_{loop_.executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::shared_ptr<UpstreamTarget> target_ = std::make_shared<UpstreamTarget>(UpstreamTarget{.host = "127.0.0.1"});
  std::optional<UpstreamPool> pool_;
  std::unique_ptr<UpstreamConnection> made_;
  std::vector<Socket> far_;
  const SteadyClock::time_point start_ = loop_.deadlines().now();
};

TEST_F(UpstreamPoolTest, Connect_ToAnAddress) {
  const Connected made = connect();
  ASSERT_TRUE(made);
  EXPECT_EQ(made_->stream.socket().remote_endpoint(), acceptor_.local_endpoint());
  EXPECT_FALSE(made_->stream.is_tls());
}

TEST_F(UpstreamPoolTest, Connect_ToAName_TriesEveryAddress) {
  target_->host = "localhost";
  const Connected made = connect();
  ASSERT_TRUE(made);  // also where ::1 comes first and nobody listens there
}

TEST_F(UpstreamPoolTest, Connect_Refused_IsUnreachable) {
  acceptor_.close();
  const Connected made = connect();
  ASSERT_FALSE(made);
  EXPECT_FALSE(made.error().timed_out);
  EXPECT_EQ(made.error().detail, target_->place() + ": connection refused");
}

TEST_F(UpstreamPoolTest, Connect_ResolverFull_IsUnreachable) {
  target_->host = "localhost";
  resolver_.stop();
  const Connected made = connect();
  ASSERT_FALSE(made);
  EXPECT_FALSE(made.error().timed_out);
  EXPECT_EQ(made.error().detail, "localhost: too many name look-ups are waiting");
}

TEST_F(UpstreamPoolTest, Connect_ToANameThatIsNone_IsNotFound) {
  target_->host = std::string(64, 'a') + ".example";  // RFC 1035 section 2.3.4: a label has up to 63 octets, so nobody is asked
  const Connected made = connect();
  ASSERT_FALSE(made);
  EXPECT_FALSE(made.error().timed_out);
  EXPECT_TRUE(made.error().detail.starts_with(target_->host + ": the name was not ")) << made.error().detail;
}

TEST_F(UpstreamPoolTest, Connect_SlowNameLookUp_TimesOut) {
  target_->host = "localhost";
  target_->connect_timeout = milliseconds(50);
  std::promise<void> gate;
  ASSERT_TRUE(resolver_.submit([&] { gate.get_future().wait(); }));  // the name server that does not answer
  Connected out = ConnectFailure{};
  run(loop_, [&]() -> Awaitable<> {
    loop_.mailbox().post([this] { sweep(seconds(10)); });
    const auto made = co_await pool().connect(made_);
    out = made;
    gate.set_value();  // and now it does: nobody waits any more
  });
  ASSERT_FALSE(out);
  EXPECT_TRUE(out.error().timed_out);
  EXPECT_EQ(out.error().detail, "localhost: no answer to the name look-up within 0.05 s");
  resolver_.stop();
}

TEST_F(UpstreamPoolTest, Connect_SilentTlsUpstream_TimesOut) {
  target_->tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  target_->connect_timeout = milliseconds(50);
  Connected out = ConnectFailure{};
  run(loop_, [&]() -> Awaitable<> {
    loop_.spawn(accept_and_let_time_pass());
    const auto made = co_await pool().connect(made_);
    out = made;
  });
  ASSERT_FALSE(out);
  EXPECT_TRUE(out.error().timed_out);
  EXPECT_EQ(out.error().detail, target_->place() + ": no TLS handshake within 0.05 s");
}

TEST(UpstreamTarget, Place_HasBracketsAroundIpv6) {
  EXPECT_EQ((UpstreamTarget{.host = "api.internal", .port = 443}.place()), "api.internal:443");
  EXPECT_EQ((UpstreamTarget{.host = "::1", .port = 80}.place()), "[::1]:80");
}

TEST_F(UpstreamPoolTest, Idle_NewestFirst) {
  auto a = connected(), b = connected();
  UpstreamConnection *first = a.get(), *second = b.get();
  pool().give_back(std::move(a));
  pool().give_back(std::move(b));
  const auto one = pool().take_idle(), two = pool().take_idle();
  EXPECT_EQ(one.get(), second);
  EXPECT_EQ(two.get(), first);
  EXPECT_EQ(pool().take_idle(), nullptr);
}

TEST_F(UpstreamPoolTest, Idle_ClosedByTheUpstream_NotReused) {
  auto connection = connected();
  Socket& near_end = connection->stream.socket();
  far_[0].close();
  wait_readable(near_end);
  pool().give_back(std::move(connection));
  EXPECT_EQ(pool().take_idle(), nullptr);
}

// Bytes that nobody asked for would be taken for the next request's response.
TEST_F(UpstreamPoolTest, Idle_SpokeUnasked_NotReused) {
  auto connection = connected();
  Socket& near_end = connection->stream.socket();
  asio::write(far_[0], asio::buffer("HTTP/1.1 408 \r\n\r\n", 17));
  wait_readable(near_end);
  pool().give_back(std::move(connection));
  EXPECT_EQ(pool().take_idle(), nullptr);
}

TEST_F(UpstreamPoolTest, Idle_StaleOne_TheNextIsTried) {
  auto good = connected(), stale = connected();
  UpstreamConnection* expected = good.get();
  pool().give_back(std::move(good));
  far_[1].close();
  wait_readable(stale->stream.socket());
  pool().give_back(std::move(stale));
  EXPECT_EQ(pool().take_idle().get(), expected);
}

TEST_F(UpstreamPoolTest, Idle_TimedOut_NotReused) {
  target_->idle_timeout = seconds(1);
  pool().give_back(connected());
  sweep(milliseconds(1200));
  EXPECT_EQ(pool().take_idle(), nullptr);
}

TEST_F(UpstreamPoolTest, Idle_OnlySoMany) {
  target_->max_idle = 2;
  for (int i = 0; i < 5; ++i) pool().give_back(connected());
  EXPECT_NE(pool().take_idle(), nullptr);
  EXPECT_NE(pool().take_idle(), nullptr);
  EXPECT_EQ(pool().take_idle(), nullptr);
}

TEST_F(UpstreamPoolTest, Idle_DeadOnes_TakeNoRoom) {
  target_->max_idle = 2;
  for (int i = 0; i < 2; ++i) {
    auto dead = connected();
    far_.back().close();
    wait_readable(dead->stream.socket());
    pool().give_back(std::move(dead));
  }
  auto good = connected();
  UpstreamConnection* expected = good.get();
  pool().give_back(std::move(good));
  EXPECT_EQ(pool().take_idle().get(), expected);
  target_->max_idle = 0;
  pool().give_back(connected());
  EXPECT_EQ(pool().take_idle(), nullptr);
}

TEST_F(UpstreamPoolTest, CloseIdle_ClosesThem) {
  pool().give_back(connected());
  pool().close_idle();
  wait_readable(far_[0]);
  char byte;
  error_code ec;
  EXPECT_EQ(far_[0].read_some(asio::buffer(&byte, 1), ec), 0u);
  EXPECT_EQ(ec, asio::error::eof);
  EXPECT_EQ(pool().take_idle(), nullptr);
}

}  // namespace
}  // namespace quivive::net
