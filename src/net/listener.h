#pragma once
// Listener: a listening socket shared by several loops through SO_REUSEPORT, one acceptor for each.

#include "net/event_loop.h"
#include "base/result.h"

#include <functional>

namespace quivive::net {

class Listener {
 public:
  // Free: nobody may listen at the port yet. Shared: another loop of this process does, and gets a part of the connections.
  enum class Port : std::uint8_t { Free, Shared };

  // Binds at once, so that a port in use is an error before anything starts. Port 0 takes a free one.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> open(EventLoop& loop, const tcp::endpoint& at, Port port = Port::Free);

  explicit Listener(EventLoop& loop) : loop_(loop), acceptor_(loop.executor()), pause_(loop.executor()) {}

  [[nodiscard]] tcp::endpoint local() const { return acceptor_.local_endpoint(); }

  // Accepts until stop(). `serve` takes the connection over and must not block.
  void start(std::function<void(Socket, const tcp::endpoint&)> serve);

  // Hands over what has been accepted by the kernel already, then closes: a reset would lose those requests.
  void stop();

 private:
  Awaitable<> accept();

  EventLoop& loop_;
  Acceptor acceptor_;
  Timer pause_;
  std::function<void(Socket, const tcp::endpoint&)> serve_;
};

}  // namespace quivive::net
