#pragma once
// Admin: the operator's listener, on the control loop and on loopback unless set otherwise. Health, metrics, the last
// rejections explained, reload. It trusts whoever can reach it, so it takes care that a web page cannot: it wants a Host
// that is an address or localhost (DNS rebinding), and no Origin on what changes something.

#include "net/event_loop.h"
#include "net/listener.h"
#include "net/stream.h"

#include <memory>
#include <string>

namespace quivive::http {
struct RequestHead;
}

namespace quivive::gateway {

class Gateway;
struct ReloadOutcome;

class Admin {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Admin>> open(Gateway& gateway, const net::tcp::endpoint& at);
  explicit Admin(Gateway& gateway) : gateway_(gateway) {}

  [[nodiscard]] net::tcp::endpoint local() const { return listener_->local(); }
  void start();
  void stop();  // closes what is open

 private:
  struct Reply {
    int status = 200;
    std::string type = "application/json";
    std::string body;
  };
  [[nodiscard]] net::Awaitable<> serve(std::shared_ptr<net::Stream> stream);
  [[nodiscard]] net::Awaitable<Reply> answer(const http::RequestHead& head);
  [[nodiscard]] net::Awaitable<Reply> clear_lockouts(std::string target);
  [[nodiscard]] net::Awaitable<std::string> explain(std::string id);
  [[nodiscard]] net::Awaitable<ReloadOutcome> reload();

  static constexpr std::size_t kMaxConnections = 64;
  Gateway& gateway_;
  std::unique_ptr<net::Listener> listener_;
  std::vector<std::weak_ptr<net::Stream>> open_;
};

}  // namespace quivive::gateway
