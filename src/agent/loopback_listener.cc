#include "agent/loopback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace quivive::agent {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kMaxHead = 16 * 1024;
constexpr std::chrono::seconds kPatienceWithOne{5};

constexpr std::string_view kDone =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Security-Policy: default-src 'none'\r\nReferrer-Policy: "
    "no-referrer\r\n"
    "Cache-Control: no-store\r\nConnection: close\r\n\r\n<!doctype html><title>Signed in</title><p>That was it: you may close this page "
    "and go back to the terminal.</p>\n";
constexpr std::string_view kNotHere = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

constexpr std::size_t kMostVisitors = 32;

struct Visitor {
  int fd = -1;
  std::string head;
  Steady::time_point until;
};

// The target of a GET; nothing for what is none.
std::optional<std::string> target_of(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const auto end = line.rfind(" HTTP/1.");
  if (!line.starts_with("GET /") || end == std::string_view::npos || end < 5) return std::nullopt;
  return std::string(line.substr(4, end - 4));
}

// All who came and have not been answered, the oldest first. Threat: connections that say nothing, to keep the browser out.
class Visitors {
 public:
  Visitors() = default;
  Visitors(const Visitors&) = delete;
  Visitors& operator=(const Visitors&) = delete;
  ~Visitors() {
    for (const Visitor& one : all_) ::close(one.fd);
  }
  [[nodiscard]] const std::vector<Visitor>& all() const { return all_; }

  void add(int fd, Steady::time_point until) {
    if (all_.size() >= kMostVisitors) {
      const auto silent = std::find_if(all_.begin(), all_.end(), [](const Visitor& one) { return one.head.empty(); });
      drop(silent == all_.end() ? all_.begin() : silent);
    }
    all_.push_back({fd, {}, until});
  }
  void drop_late(Steady::time_point now) {
    for (auto one = all_.begin(); one != all_.end();) one = one->until <= now ? drop(one) : one + 1;
  }
  // Reads what that one says; true where it was what `take` waited for.
  [[nodiscard]] bool hear(int fd, const std::function<bool(std::string_view target)>& take) {
    const auto one = std::find_if(all_.begin(), all_.end(), [fd](const Visitor& visitor) { return visitor.fd == fd; });
    if (one == all_.end()) return false;
    char piece[4096];
    const ssize_t n = ::recv(fd, piece, sizeof piece, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n > 0) one->head.append(piece, static_cast<std::size_t>(n));
    const bool whole = one->head.find("\r\n\r\n") != std::string::npos;
    if (n > 0 && !whole && one->head.size() <= kMaxHead) return false;
    const auto target = whole ? target_of(one->head) : std::nullopt;
    const bool done = target && take(*target);
    const std::string_view answer = done ? kDone : kNotHere;
    (void)::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(fd, SHUT_RDWR);
    drop(one);
    return done;
  }

 private:
  std::vector<Visitor>::iterator drop(std::vector<Visitor>::iterator one) {
    ::close(one->fd);
    return all_.erase(one);
  }
  std::vector<Visitor> all_;
};

}  // namespace

Result<LoopbackListener> LoopbackListener::open() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // not localhost, which may be another address: RFC 8252 section 8.3
  socklen_t size = sizeof address;
  LoopbackListener out(fd, 0);
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 16) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return error("cannot listen on 127.0.0.1: {}", std::strerror(errno));
  }
  out.port_ = ntohs(address.sin_port);
  return out;
}

LoopbackListener::~LoopbackListener() {
  if (fd_ >= 0) ::close(fd_);
}

bool LoopbackListener::wait(std::chrono::milliseconds patience, const std::function<bool(std::string_view target)>& take) const {
  const auto until = Steady::now() + patience;
  Visitors visitors;
  for (;;) {
    const auto now = Steady::now();
    if (now >= until) return false;
    visitors.drop_late(now);
    auto next = until;
    std::vector<pollfd> waiting{{fd_, POLLIN, 0}};
    for (const Visitor& one : visitors.all()) {
      next = std::min(next, one.until);
      waiting.push_back({one.fd, POLLIN, 0});
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
    const int n = ::poll(waiting.data(), waiting.size(), static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (n < 0 && errno != EINTR) return false;
    if (n <= 0) continue;
    // Those who spoke before a new one comes, who may take the place of one of them.
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0 && visitors.hear(waiting[i].fd, take)) return true;
    }
    if (waiting[0].revents == 0) continue;
    const int browser = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (browser >= 0) visitors.add(browser, Steady::now() + kPatienceWithOne);
  }
}

}  // namespace quivive::agent
