#include "net/listener.h"

#include <sys/socket.h>

namespace quivive::net {
namespace {

// Threat: SO_REUSEPORT lets a forgotten process of the same user go on answering a part of the requests, by another policy. A socket without
// it cannot be bound where somebody listens.
void find_free(EventLoop& loop, const tcp::endpoint& at, error_code& ec) {
  Acceptor probe(loop.executor());
  probe.open(at.protocol(), ec);
  if (!ec) probe.set_option(Acceptor::reuse_address(true), ec);
  if (!ec) probe.bind(at, ec);
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(EventLoop& loop, const tcp::endpoint& at, Port port) {
  auto listener = std::make_unique<Listener>(loop);
  Acceptor& acceptor = listener->acceptor_;
  error_code ec;
  using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  if (port == Port::Free && at.port() != 0) find_free(loop, at, ec);
  if (!ec) acceptor.open(at.protocol(), ec);
  if (!ec) acceptor.set_option(Acceptor::reuse_address(true), ec);
  if (!ec) acceptor.set_option(ReusePort(true), ec);
  if (!ec) acceptor.bind(at, ec);
  if (!ec) acceptor.listen(4096, ec);
  if (!ec) acceptor.non_blocking(true, ec);
  if (ec) return error("cannot listen on {}:{}: {}", at.address().to_string(), at.port(), ec.message());
  return listener;
}

void Listener::start(std::function<void(Socket, const tcp::endpoint&)> serve) {
  serve_ = std::move(serve);
  loop_.spawn(accept());
}

Awaitable<> Listener::accept() {
  while (acceptor_.is_open()) {
    tcp::endpoint peer;
    auto [ec, socket] = co_await acceptor_.async_accept(peer, kUse);
    if (!ec) {
      serve_(std::move(socket), peer);
      continue;
    }
    if (ec == asio::error::operation_aborted) co_return;
    // Out of file descriptors or memory: accepting again at once would spin, and those in use will free some.
    if (ec == asio::error::no_descriptors || ec == asio::error::no_memory || ec == asio::error::no_buffer_space ||
        ec == boost::system::errc::too_many_files_open_in_system) {
      pause_.expires_after(std::chrono::milliseconds(100));
      const auto [stopped] = co_await pause_.async_wait(kUse);
      if (stopped) co_return;
    }
  }
}

void Listener::stop() {
  error_code ec;
  while (true) {
    tcp::endpoint peer;
    Socket socket(loop_.executor());
    acceptor_.accept(socket, peer, ec);
    if (ec) break;
    serve_(std::move(socket), peer);
  }
  acceptor_.close(ec);
  pause_.cancel();
}

}  // namespace quivive::net
