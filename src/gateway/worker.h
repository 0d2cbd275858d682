#pragma once
// Worker: one thread, its loop, its connections, and everything that they touch without a lock.

#include "base/clock.h"
#include "base/random.h"
#include "auth/lockout.h"
#include "auth/tools.h"
#include "digest/nonce_counts.h"
#include "gateway/metrics.h"
#include "gateway/outcome_cache.h"
#include "gateway/outcome_memory.h"
#include "gateway/recent_notes.h"
#include "gateway/record_ring.h"
#include "gateway/fact_board.h"
#include "gateway/deployment.h"
#include "gateway/device_limits.h"
#include "gateway/trace_book.h"
#include "net/event_loop.h"
#include "net/listener.h"
#include "net/upstream_pool.h"
#include "net/worker_pool.h"

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace quivive::gateway {

class AccessLog;
class Connection;
class KeySetManager;
class StoreWatch;

// What a worker uses and does not own. All of it outlives every worker.
struct Services {
  const Clock& clock;
  FactBoard& board;
  StoreWatch& store_watch;       // on the store pool
  net::EventLoop& control;
  KeySetManager& key_sets;       // on the control loop
  net::WorkerPool& store_pool;   // look-ups that block
  net::WorkerPool& hash_pool;    // passwords
  net::WorkerPool& resolver_pool;
  const Secret& nonce_master;    // all workers' nonces are made under it
  digest::NonceCounts& nonce_counts;
  auth::Lockouts& lockouts;
  DeviceLimits& device_limits;
  net::WorkerPool* claim_pool;   // for counts of nonces that are the store's: `shared: store` as the gateway started; else null
  std::atomic<std::size_t>& connections;  // of all workers together; touched when one is accepted or ends
  // That a proxy at this address, on this machine, is not among the deployment's trusted_proxies. Any thread; may be none.
  std::function<void(std::shared_ptr<const Deployment>, std::string)> unknown_proxy = {};
};

class Worker {
 public:
  Worker(Services services, std::shared_ptr<const Deployment> deployment, RandomSource& random);
  ~Worker();

  [[nodiscard]] Result<void> listen(const net::tcp::endpoint& at, net::Listener::Port port);
  [[nodiscard]] net::tcp::endpoint local() const { return listener_->local(); }
  void run();  // until stopped

  // On this worker's thread (through its mailbox):
  void replace(std::shared_ptr<const Deployment> deployment);
  void drain();       // accept no more, close idle connections, let busy ones finish
  void close_all();   // the drain deadline has passed

  // For connections, on this thread:
  [[nodiscard]] const std::shared_ptr<net::UpstreamPool>& upstream(const std::shared_ptr<const net::UpstreamTarget>& target);
  [[nodiscard]] std::string_view date(Instant now);  // HTTP date, made once a second
  void new_request_id(FixedText<64>& id);
  void joined(Connection& connection);
  void left(Connection& connection);
  [[nodiscard]] bool draining() const { return draining_; }
  // Once for each deployment is enough.
  [[nodiscard]] bool may_tell_of_proxy(const Deployment& of) const { return told_of_proxy_ != &of; }
  void tell_of_proxy(const std::shared_ptr<const Deployment>& of, std::string_view address);

  Services services;
  OutcomeMemory memory;  // before all that may hold a principal: it goes last
  // Passwords under way; each is cancelled when it is done, by a frame that the loop may still hold at its end.
  struct Verification {
    net::Timer done;
    bool right = false;
  };
  std::map<OutcomeCache::Key, std::shared_ptr<Verification>> verifying;
  net::EventLoop loop;
  std::shared_ptr<const Deployment> deployment;
  Metrics metrics;
  RecordRing records;
  TraceBook traces;
  std::array<OutcomeCache, kSchemeCount> outcomes;  // by scheme
  auth::Tools tools;
  RecentNotes places;  // where users signed in from, as far as the store was told
  Subscription<auth::Snapshot> facts;

 private:
  void serve(net::Socket socket, const net::tcp::endpoint& peer);
  void finish();

  std::unique_ptr<net::Listener> listener_;
  std::map<const net::UpstreamTarget*, std::shared_ptr<net::UpstreamPool>> upstreams_;
  std::uint64_t id_state_;
  std::int64_t date_second_ = -1;
  std::string date_;
  Connection* connections_ = nullptr;  // intrusive list
  std::size_t connection_count_ = 0;
  bool draining_ = false;
  const Deployment* told_of_proxy_ = nullptr;
};

}  // namespace quivive::gateway
