#pragma once
// A loop with a coroutine to drive it, and sockets of this machine's loopback interface.

#include "net/event_loop.h"
#include "net/stream.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

namespace quivive::net {

// Runs `body` on `loop` to its end, then the loop.
inline Awaitable<> then_finish(EventLoop& loop, std::function<Awaitable<>()> body) {
  co_await body();
  loop.finish();
}
inline void run(EventLoop& loop, std::function<Awaitable<>()> body) {
  loop.spawn(then_finish(loop, std::move(body)));
  loop.run();
}

// Two ends of one connection, made without waiting: the kernel completes it by itself.
inline std::pair<Socket, Socket> socket_pair(EventLoop& loop) {
  Acceptor acceptor(loop.executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  Socket client(loop.executor()), server(loop.executor());
  client.connect(acceptor.local_endpoint());
  acceptor.accept(server);
  for (Socket* socket : {&client, &server}) socket->non_blocking(true);
  return {std::move(client), std::move(server)};
}

// Until what the other end did can be seen on `socket`.
inline void wait_readable(Socket& socket) {
  error_code ignored;
  socket.wait(Socket::wait_read, ignored);
}

}  // namespace quivive::net
