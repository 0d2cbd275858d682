#include "net/listener.h"

#include "loopback.h"

#include <vector>

namespace quivive::net {
namespace {

const tcp::endpoint kAnyPort(asio::ip::address_v4::loopback(), 0);

TEST(Listener, AddressThatIsNotOurs_IsALine) {
  EventLoop loop;
  const auto opened = Listener::open(loop, {asio::ip::make_address("192.0.2.1"), 1});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message, "cannot listen on 192.0.2.1:1: Cannot assign requested address");
}

TEST(Listener, PortInUseByAnother_IsALine) {
  EventLoop loop;
  Acceptor other(loop.executor(), kAnyPort);  // without SO_REUSEPORT
  const auto opened = Listener::open(loop, other.local_endpoint());
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find(": Address already in use"), std::string::npos);
}

// Another process would get a part of the connections.
TEST(Listener, PortOfAnotherListener_IsInUse) {
  EventLoop one, two;
  const auto first = Listener::open(one, kAnyPort).value();
  const auto second = Listener::open(two, first->local());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(": Address already in use"), std::string::npos);
}

TEST(Listener, TwoLoops_ShareAPort) {
  EventLoop one, two;
  const auto first = Listener::open(one, kAnyPort).value();
  EXPECT_NE(first->local().port(), 0);
  const auto second = Listener::open(two, first->local(), Listener::Port::Shared);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->local(), first->local());
}

TEST(Listener, Accepts_UntilStopped) {
  EventLoop loop;
  const auto listener = Listener::open(loop, kAnyPort).value();
  Socket client(loop.executor());
  std::vector<Socket> served;
  tcp::endpoint peer;
  listener->start([&](Socket socket, const tcp::endpoint& from) {
    served.push_back(std::move(socket));
    peer = from;
    listener->stop();
    loop.finish();
  });
  client.connect(listener->local());
  loop.run();
  ASSERT_EQ(served.size(), 1u);
  EXPECT_EQ(peer, client.local_endpoint());
}

TEST(Listener, Stop_ServesWhatTheKernelAcceptedAlready) {
  EventLoop loop;
  const auto listener = Listener::open(loop, kAnyPort).value();
  const tcp::endpoint at = listener->local();
  std::size_t served = 0;
  listener->start([&](Socket, const tcp::endpoint&) { ++served; });
  std::vector<Socket> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(loop.executor()).connect(at);
  run(loop, [&]() -> Awaitable<> {
    listener->stop();
    co_return;
  });
  EXPECT_EQ(served, 5u);
  Socket late(loop.executor());
  error_code ec;
  late.connect(at, ec);
  EXPECT_EQ(ec, asio::error::connection_refused);
}

}  // namespace
}  // namespace quivive::net
