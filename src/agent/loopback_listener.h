#pragma once
// A listener on 127.0.0.1 that a browser comes back to once (RFC 8252 section 7.3). Another program of this machine may come too: what it brings is
// judged by its `state`.

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::agent {

class LoopbackListener {
 public:
  // Any port.
  [[nodiscard]] static Result<LoopbackListener> open();
  LoopbackListener(LoopbackListener&& other) noexcept : fd_(other.fd_), port_(other.port_) { other.fd_ = -1; }
  LoopbackListener& operator=(LoopbackListener&&) = delete;
  ~LoopbackListener();
  [[nodiscard]] std::uint16_t port() const { return port_; }

  // Hands the target of each GET to `take`; true ends the wait, and the browser is told that all is done. Other requests get 404. False when the
  // time is over.
  [[nodiscard]] bool wait(std::chrono::milliseconds patience, const std::function<bool(std::string_view target)>& take) const;

 private:
  LoopbackListener(int fd, std::uint16_t port) : fd_(fd), port_(port) {}
  int fd_;
  std::uint16_t port_;
};

}  // namespace quivive::agent
