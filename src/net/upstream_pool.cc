#include "net/upstream_pool.h"

#include "net/failure_text.h"
#include "net/run_blocking.h"

#include <netdb.h>
#include <netinet/tcp.h>

namespace quivive::net {
namespace {

constexpr std::chrono::seconds kNameLifetime{30};

// What came of an address.
struct Tried {
  error_code ec;
  bool connected = false;  // and what failed is the TLS handshake
  bool timed_out = false;
  long certificate = X509_V_OK;
};

std::string describe(const Tried& tried, const UpstreamTarget& target) {
  std::string out = target.place() + ": ";
  if (tried.timed_out) {
    out += fmt::format("no {} within {}", tried.connected ? "TLS handshake" : "connection", in_seconds(target.connect_timeout));
  } else {
    out += tried.connected ? handshake_failure(tried.ec, tried.certificate, target.certificate_name()) : in_words(tried.ec);
  }
  return out;
}

struct LookUp {
  std::vector<tcp::endpoint> endpoints;
  int error = 0;  // getaddrinfo's
};

LookUp look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  LookUp out;
  out.error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (out.error != 0) return out;
  for (const addrinfo* i = list; i != nullptr; i = i->ai_next) {
    tcp::endpoint endpoint;
    if (i->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), i->ai_addr, i->ai_addrlen);
    endpoint.resize(i->ai_addrlen);
    endpoint.port(port);
    out.endpoints.push_back(endpoint);
  }
  ::freeaddrinfo(list);
  return out;
}

}  // namespace

std::string UpstreamTarget::place() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

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

Awaitable<Result<std::vector<tcp::endpoint>, ConnectFailure>> UpstreamPool::resolve() {
  error_code ec;
  const auto literal = asio::ip::make_address(target_->host, ec);
  if (!ec) co_return std::vector<tcp::endpoint>(1, tcp::endpoint(literal, target_->port));
  const auto now = loop_.deadlines().now();
  if (!endpoints_.empty() && now - resolved_ < kNameLifetime) co_return endpoints_;
  const auto target = target_;
  std::function<LookUp()> job = [target] { return look_up(target->host, target->port); };
  // Where an older answer is at hand, time is left to connect to what it says.
  const auto patience = endpoints_.empty() ? target_->connect_timeout : target_->connect_timeout / 2;
  auto found = co_await run_blocking_within<LookUp>(patience, resolver_, loop_, std::move(job));
  if (found && !found->endpoints.empty()) {
    endpoints_ = std::move(found->endpoints);
    resolved_ = now;
  }
  // A name server's outage does not take down an upstream whose address we knew.
  if (!endpoints_.empty()) co_return endpoints_;
  ConnectFailure failure;
  failure.timed_out = !found && loop_.deadlines().now() - now >= patience;
  failure.detail = target->host + ": ";
  if (found) failure.detail += look_up_failure(found->error);
  else if (failure.timed_out) failure.detail += "no answer to the name look-up within " + in_seconds(patience);
  else failure.detail += "too many name look-ups are waiting";
  co_return failure;
}

Awaitable<Result<void, ConnectFailure>> UpstreamPool::connect(std::unique_ptr<UpstreamConnection>& into) {
  into.reset();
  const auto began = loop_.deadlines().now();
  const auto endpoints = co_await resolve();
  if (!endpoints) co_return endpoints.error();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(began + target_->connect_timeout - loop_.deadlines().now());
  Tried last;
  last.timed_out = left <= std::chrono::milliseconds::zero();
  for (std::size_t i = 0; i < endpoints->size() && left > std::chrono::milliseconds::zero(); ++i) {
    into = std::make_unique<UpstreamConnection>(Socket(loop_.executor()), loop_.deadlines());
    Stream& stream = into->stream;
    stream.expires_after(left);
    auto [ec] = co_await stream.socket().async_connect((*endpoints)[i], kUse);
    last.connected = !ec;
    if (!ec) {
      error_code ignored;
      stream.socket().set_option(tcp::no_delay(true), ignored);
      stream.socket().non_blocking(true, ignored);
      if (target_->tls) ec = co_await stream.connect_tls(target_->tls, target_->certificate_name());
    }
    if (!ec) co_return Result<void, ConnectFailure>{};
    const bool closed = !stream.is_open();  // by whoever waits, unless the deadline did
    last.ec = ec;
    last.timed_out = stream.timed_out();
    last.certificate = stream.certificate_verdict();
    into.reset();
    if (closed) break;
  }
  co_return ConnectFailure{last.timed_out, describe(last, *target_)};
}

}  // namespace quivive::net
