#pragma once
// UpstreamPool: one loop's connections to one upstream. Idle ones are kept and the most recent is reused first.

#include "base/result.h"
#include "net/event_loop.h"
#include "net/stream.h"
#include "net/worker_pool.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace quivive::net {

struct UpstreamTarget {
  std::string host;  // name or address
  std::uint16_t port = 80;
  std::string authority;  // as a Host field has it
  std::shared_ptr<asio::ssl::context> tls;  // null for plain
  std::string server_name;                  // for SNI and verification; host when empty
  std::chrono::milliseconds connect_timeout{5000};  // name look-up, and of one address connection and TLS handshake
  std::chrono::milliseconds idle_timeout{60000};
  std::size_t max_idle = 64;  // for each loop

  [[nodiscard]] const std::string& certificate_name() const { return server_name.empty() ? host : server_name; }
  [[nodiscard]] std::string place() const;  // host:port, for the operator
};

struct UpstreamConnection {
  UpstreamConnection(Socket socket, DeadlineList& deadlines) : stream(std::move(socket), deadlines) {}
  static constexpr std::size_t kBuffer = 16 * 1024;

  Stream stream;
  std::array<char, kBuffer> buffer;  // for its responses
};

// Why there is no connection.
struct ConnectFailure {
  bool timed_out = false;
  std::string detail;  // for the operator: the upstream, and what failed
};

class UpstreamPool {
 public:
  // `resolver` runs name look-ups, which block. All must outlive the pool.
  UpstreamPool(EventLoop& loop, WorkerPool& resolver, std::shared_ptr<const UpstreamTarget> target)
      : loop_(loop), resolver_(resolver), target_(std::move(target)) {}

  // An idle connection that looks usable, or nullptr. It may still prove stale.
  [[nodiscard]] std::unique_ptr<UpstreamConnection> take_idle();
  // A new connection, every address of the name tried in turn. `into` holds the one that is being tried, so that its stream can be
  // closed meanwhile, which ends it; nullptr after a failure. It must stay where it is until then.
  [[nodiscard]] Awaitable<Result<void, ConnectFailure>> connect(std::unique_ptr<UpstreamConnection>& into);
  // Takes a connection back whose last response was read to its end. Of too many the one that was idle longest is closed.
  void give_back(std::unique_ptr<UpstreamConnection> connection);
  void close_idle() { idle_.clear(); }
  [[nodiscard]] const UpstreamTarget& target() const { return *target_; }

 private:
  [[nodiscard]] Awaitable<Result<std::vector<tcp::endpoint>, ConnectFailure>> resolve();

  EventLoop& loop_;
  WorkerPool& resolver_;
  std::shared_ptr<const UpstreamTarget> target_;
  std::vector<std::unique_ptr<UpstreamConnection>> idle_;
  std::vector<tcp::endpoint> endpoints_;
  SteadyClock::time_point resolved_{};
};

}  // namespace quivive::net
