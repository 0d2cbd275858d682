#include "net/upstream_pool.h"

#include "net/run_blocking.h"

#include <netdb.h>
#include <netinet/tcp.h>

namespace quivive::net {
namespace {

constexpr std::chrono::seconds kNameLifetime{30};

std::vector<tcp::endpoint> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  std::vector<tcp::endpoint> out;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return out;
  for (const addrinfo* i = list; i != nullptr; i = i->ai_next) {
    tcp::endpoint endpoint;
    if (i->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), i->ai_addr, i->ai_addrlen);
    endpoint.resize(i->ai_addrlen);
    endpoint.port(port);
    out.push_back(endpoint);
  }
  ::freeaddrinfo(list);
  return out;
}

}  // namespace

// Threat: bytes beyond a response (a body after HEAD, one longer than it said) that the next client takes for its own (RFC 9112
// section 9.2). Hence a look at each, which costs a system call.
std::unique_ptr<UpstreamConnection> UpstreamPool::take_idle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    Stream& stream = connection->stream;
    if (!stream.is_open() || stream.timed_out()) continue;
    if (stream.is_quiet()) return connection;
  }
  return nullptr;
}

void UpstreamPool::give_back(std::unique_ptr<UpstreamConnection> connection) {
  if (target_->max_idle == 0) return;
  // The oldest goes: it is the likeliest to be dead, and would be reused last.
  if (idle_.size() >= target_->max_idle) idle_.erase(idle_.begin());
  connection->stream.expires_after(target_->idle_timeout);
  idle_.push_back(std::move(connection));
}

Awaitable<std::vector<tcp::endpoint>> UpstreamPool::resolve() {
  error_code ec;
  const auto literal = asio::ip::make_address(target_->host, ec);
  if (!ec) co_return std::vector<tcp::endpoint>(1, tcp::endpoint(literal, target_->port));
  const auto now = loop_.deadlines().now();
  if (!endpoints_.empty() && now - resolved_ < kNameLifetime) co_return endpoints_;
  const auto target = target_;
  std::function<std::vector<tcp::endpoint>()> job = [target] { return look_up(target->host, target->port); };
  // Where an older answer is at hand, time is left to connect to what it says.
  const auto patience = endpoints_.empty() ? target_->connect_timeout : target_->connect_timeout / 2;
  auto found = co_await run_blocking_within<std::vector<tcp::endpoint>>(patience, resolver_, loop_, std::move(job));
  // A name server's outage does not take down an upstream whose address we knew.
  if (found && !found->empty()) {
    endpoints_ = std::move(*found);
    resolved_ = now;
  }
  co_return endpoints_;
}

Awaitable<Result<void, ConnectFailure>> UpstreamPool::connect(std::unique_ptr<UpstreamConnection>& into) {
  into.reset();
  const auto began = loop_.deadlines().now();
  const auto endpoints = co_await resolve();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(began + target_->connect_timeout - loop_.deadlines().now());
  if (left <= std::chrono::milliseconds::zero()) co_return ConnectFailure::TimedOut;
  ConnectFailure failure = ConnectFailure::Unreachable;
  for (const tcp::endpoint& endpoint : endpoints) {
    into = std::make_unique<UpstreamConnection>(Socket(loop_.executor()), loop_.deadlines());
    Stream& stream = into->stream;
    stream.expires_after(left);
    auto [ec] = co_await stream.socket().async_connect(endpoint, kUse);
    if (!ec) {
      error_code ignored;
      stream.socket().set_option(tcp::no_delay(true), ignored);
      stream.socket().non_blocking(true, ignored);
      if (target_->tls) {
        const std::string& name = target_->server_name.empty() ? target_->host : target_->server_name;
        ec = co_await stream.connect_tls(target_->tls, name);
      }
    }
    if (!ec) co_return Result<void, ConnectFailure>{};
    const bool closed = !stream.is_open();  // by whoever waits, unless the deadline did
    failure = stream.timed_out() ? ConnectFailure::TimedOut : ConnectFailure::Unreachable;
    into.reset();
    if (closed) break;
  }
  co_return failure;
}

}  // namespace quivive::net
