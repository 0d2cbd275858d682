#pragma once
// DemoUpstream: a tiny API for the demo to protect. It says who called, as the gateway told it.

#include "net/event_loop.h"
#include "net/listener.h"
#include "net/stream.h"

#include <memory>
#include <thread>
#include <vector>

namespace quivive::gateway {

class DemoUpstream {
 public:
  // Listens on a free port of 127.0.0.1 and serves on a thread of its own until destroyed.
  [[nodiscard]] static Result<std::unique_ptr<DemoUpstream>> start();
  ~DemoUpstream();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  [[nodiscard]] net::Awaitable<> serve(std::shared_ptr<net::Stream> stream);

  net::EventLoop loop_;
  std::unique_ptr<net::Listener> listener_;
  std::vector<std::weak_ptr<net::Stream>> open_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace quivive::gateway
