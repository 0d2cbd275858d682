#pragma once
// An HTTP/1.1 server on 127.0.0.1 that answers as a test says, a thread for each connection, and counts what came.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace quivive::agent {

struct Asked {
  std::string head;  // to its empty line
  std::string body;
  [[nodiscard]] bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class SmallServer {
 public:
  // The whole response. `read_body`: called with false in mind where the answer comes from the head alone; then nothing of the body is read and the
  // connection ends.
  using Answer = std::function<std::string(const Asked&)>;

  explicit SmallServer(Answer answer, bool read_bodies = true) : answer_(std::move(answer)), read_bodies_(read_bodies) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 512) != 0) std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;
  ~SmallServer() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    ::close(listener_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    for (std::thread& one : serving_) one.join();
    for (const int fd : open_) ::close(fd);
  }

  [[nodiscard]] std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  [[nodiscard]] std::vector<Asked> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  void accept_all() {
    for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      ++connections_;
      open_.push_back(fd);
      serving_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    std::string buffer;
    const auto more = [&] {
      char piece[16384];
      const ssize_t n = ::recv(fd, piece, sizeof piece, 0);
      if (n > 0) buffer.append(piece, static_cast<std::size_t>(n));
      return n > 0;
    };
    for (;;) {
      std::size_t end = 0;
      while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
        if (!more()) return;
      }
      Asked asked{buffer.substr(0, end + 4), {}};
      buffer.erase(0, end + 4);
      if (read_bodies_ && asked.has("Expect: 100-continue")) send(fd, "HTTP/1.1 100 Continue\r\n\r\n");
      if (const auto at = asked.head.find("Content-Length: "); at != std::string::npos && read_bodies_) {
        const std::size_t size = std::stoul(asked.head.substr(at + 16));
        while (buffer.size() < size) {
          if (!more()) return;
        }
        asked.body = buffer.substr(0, size);
        buffer.erase(0, size);
      } else if (asked.has("Transfer-Encoding: chunked") && read_bodies_) {
        while ((end = buffer.find("0\r\n\r\n")) == std::string::npos) {
          if (!more()) return;
        }
        asked.body = buffer.substr(0, end + 5);
        buffer.erase(0, end + 5);
      }
      body_bytes_ += asked.body.size();
      const std::string answer = answer_(asked);
      {
        const std::lock_guard lock(mutex_);
        asked_.push_back(std::move(asked));
      }
      send(fd, answer);
      if (!read_bodies_ || answer.find("Connection: close") != std::string::npos) {
        ::shutdown(fd, SHUT_WR);
        char rest[16384];
        for (ssize_t n = 0; (n = ::recv(fd, rest, sizeof rest, 0)) > 0;) body_bytes_ += static_cast<std::uint64_t>(n);
        return;
      }
    }
  }

  static void send(int fd, std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  const Answer answer_;
  const bool read_bodies_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<std::uint64_t> body_bytes_ = 0;
  std::thread accepting_;
  std::vector<std::thread> serving_;  // of the accepting thread, until it ends
  std::vector<int> open_;
  mutable std::mutex mutex_;
  std::vector<Asked> asked_;
};

// "HTTP/1.1 200 OK" with these lines ("Name: value\r\n"…) and the body's length.
inline std::string response(std::string_view status, std::string_view lines, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(lines) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace quivive::agent
