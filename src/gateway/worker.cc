#include "gateway/worker.h"

#include "gateway/connection.h"
#include "http/date.h"

#include <algorithm>

namespace quivive::gateway {
namespace {

std::uint32_t random_number(RandomSource& random) {
  std::uint32_t out = 0;
  random.fill({reinterpret_cast<std::uint8_t*>(&out), sizeof out});
  return out;
}

net::Awaitable<> own(std::unique_ptr<Connection> connection) { co_await connection->run(); }

std::array<OutcomeCache, kSchemeCount> make_caches(const config::CacheSizes& sizes, RandomSource& random, OutcomeMemory& memory) {
  const auto cache = [&](std::size_t entries) { return OutcomeCache(Secret(random.bytes(32)), entries, &memory); };
  static_assert(kSchemeCount == 5);  // in the order of schemes.def
  return {cache(sizes.passwords), cache(sizes.tokens), cache(sizes.keys), cache(sizes.sessions), cache(sizes.passwords)};
}

std::size_t most_remembered(const config::CacheSizes& sizes) {
  std::size_t out = 0;
  for (const std::size_t entries : {sizes.passwords, sizes.tokens, sizes.keys, sizes.sessions, sizes.passwords}) out += OutcomeCache::most_bytes(entries);
  return out;
}

}  // namespace

Worker::Worker(Services s, std::shared_ptr<const Deployment> d, RandomSource& random)
    : services(s),
      memory(most_remembered(d->config.cache)),
      deployment(std::move(d)),
      outcomes(make_caches(deployment->config.cache, random, memory)),
      tools(services.nonce_master, random_number(random)),
      facts(services.board.facts()) {
  random.fill({reinterpret_cast<std::uint8_t*>(&id_state_), sizeof id_state_});
}

Worker::~Worker() = default;

Result<void> Worker::listen(const net::tcp::endpoint& at, net::Listener::Port port) {
  auto opened = net::Listener::open(loop, at, port);
  if (!opened) return opened.error();
  listener_ = std::move(*opened);
  return {};
}

void Worker::run() {
  listener_->start([this](net::Socket socket, const net::tcp::endpoint& peer) { serve(std::move(socket), peer); });
  loop.run();
}

void Worker::serve(net::Socket socket, const net::tcp::endpoint& peer) {
  // Beyond the limit a connection is closed unread: memory is bounded before anything is known about the peer.
  if (services.connections.fetch_add(1) >= deployment->config.limits.connections) {
    services.connections.fetch_sub(1);
    net::error_code ignored;
    socket.close(ignored);
    return;
  }
  metrics.connections_accepted.add();
  loop.spawn(own(std::make_unique<Connection>(*this, std::move(socket), peer)));
}

void Worker::joined(Connection& connection) {
  connection.next_ = connections_;
  if (connections_ != nullptr) connections_->previous_ = &connection;
  connections_ = &connection;
  ++connection_count_;
  metrics.connections_open.set(connection_count_);
}

void Worker::left(Connection& connection) {
  (connection.previous_ != nullptr ? connection.previous_->next_ : connections_) = connection.next_;
  if (connection.next_ != nullptr) connection.next_->previous_ = connection.previous_;
  --connection_count_;
  services.connections.fetch_sub(1);
  metrics.connections_open.set(connection_count_);
  if (draining_ && connection_count_ == 0) finish();
}

void Worker::replace(std::shared_ptr<const Deployment> next) {
  deployment = std::move(next);
  told_of_proxy_ = nullptr;
  for (OutcomeCache& cache : outcomes) cache.clear();
  // Pools of upstreams that are gone; requests in progress keep theirs alive.
  std::erase_if(upstreams_, [&](const auto& item) {
    const auto& kept = deployment->upstreams;
    return std::none_of(kept.begin(), kept.end(), [&](const auto& target) { return target.get() == item.first; });
  });
}

void Worker::tell_of_proxy(const std::shared_ptr<const Deployment>& of, std::string_view address) {
  told_of_proxy_ = of.get();
  if (services.unknown_proxy) services.unknown_proxy(of, std::string(address));
}

void Worker::drain() {
  if (draining_) return;
  listener_->stop();  // hands over what the kernel has accepted: those are served as well
  draining_ = true;
  for (Connection* c = connections_; c != nullptr; c = c->next_) c->drain();
  if (connection_count_ == 0) finish();
}

void Worker::close_all() {
  for (Connection* c = connections_; c != nullptr; c = c->next_) c->close();
}

void Worker::finish() {
  upstreams_.clear();
  loop.finish();
}

const std::shared_ptr<net::UpstreamPool>& Worker::upstream(const std::shared_ptr<const net::UpstreamTarget>& target) {
  auto& pool = upstreams_[target.get()];
  if (!pool) pool = std::make_shared<net::UpstreamPool>(loop, services.resolver_pool, target);
  return pool;
}

std::string_view Worker::date(Instant now) {
  const std::int64_t second = unix_seconds(now);
  if (second != date_second_) {
    date_second_ = second;
    date_.clear();
    http::append_http_date(date_, now);
  }
  return date_;
}

void Worker::new_request_id(FixedText<64>& id) {
  // Unique, not secret: 60 bits of a full-period generator, in an alphabet that survives being read aloud.
  constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::uint64_t z = (id_state_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  char text[12];
  for (char& c : text) {
    c = kAlphabet[z & 31];
    z >>= 5;
  }
  id = std::string_view(text, sizeof text);
}

}  // namespace quivive::gateway
