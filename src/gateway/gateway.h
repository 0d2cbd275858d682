#pragma once
// Gateway: the running whole. The control thread (the caller's) handles signals, key sets, the store's changes, reloads and
// the admin listener; workers handle requests; pools handle what blocks.

#include "gateway/access_log.h"
#include "gateway/deployment.h"
#include "gateway/device_limits.h"
#include "gateway/worker.h"

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace quivive::gateway {

class Admin;

// Blocks the signals that a Gateway handles, in this thread and those that it starts. Whoever starts threads before a
// Gateway calls it first: a signal that finds a thread where it is not blocked ends the process undrained.
void block_signals();

struct GatewayOptions {
  // Reads the configuration again, for a reload. Faults are lines for the operator.
  std::function<Result<config::Config, DeployFaults>()> reread;
  std::shared_ptr<store::Store> store;  // opened already; null: as the configuration says
  int log_fd = 1;
  LogFormat log_format = LogFormat::Text;
};

struct ReloadOutcome {
  std::vector<std::string> faults;    // none: every worker serves the new configuration
  std::vector<std::string> warnings;  // of the new one
};

class Gateway {
 public:
  // Deploys and binds; nothing is served yet. Blocks SIGTERM, SIGINT and SIGHUP in this thread, and so in those it starts.
  [[nodiscard]] static Result<std::unique_ptr<Gateway>, DeployFaults> make(config::Config config, GatewayOptions options);
  ~Gateway();

  [[nodiscard]] net::tcp::endpoint address() const;
  [[nodiscard]] std::optional<net::tcp::endpoint> admin_address() const;

  // Serves until SIGTERM or SIGINT, then drains. `ready` is called once requests are accepted.
  void run(const std::function<void()>& ready);

  // On the control thread.
  void reload(std::function<void(ReloadOutcome)> done);
  void stop();
  [[nodiscard]] bool ready() const;
  [[nodiscard]] std::shared_ptr<const Deployment> deployment() const { return deployment_; }
  [[nodiscard]] std::string metrics() const;
  // [{"user","network","until"}]: "" for a whole network. Where the user is a hash that the store knows, also "account", whose it is.
  [[nodiscard]] net::Awaitable<std::string> lockouts_json();
  // As Lockouts::clear(); of a user also what is counted under hashes of the name. An Error, and nothing cleared, where the store cannot tell them.
  [[nodiscard]] net::Awaitable<Result<std::size_t>> clear_lockouts(std::string user, std::string network);
  // Calls `visit` on every worker's own thread, then `done` on the control thread.
  void on_workers(std::function<void(Worker&)> visit, std::function<void()> done);
  [[nodiscard]] net::EventLoop& control() { return control_; }

 private:
  Gateway(GatewayOptions options);
  [[nodiscard]] DeployFaults start(config::Config config);
  [[nodiscard]] net::Awaitable<> watch_signals();
  [[nodiscard]] net::Awaitable<> tick();
  [[nodiscard]] net::Awaitable<> enforce_drain_deadline();
  void look_at_store();
  void tend_issuer(const Deployment& deployment, Instant now);
  [[nodiscard]] Result<void> share_nonces();
  void tend_nonces(const Deployment& deployment, Instant now);
  void renew_nonces(Secret master);
  void keep_issuers_of(const Deployment& deployment);
  void worker_ended();
  void tell_of_proxy(const std::shared_ptr<const Deployment>& deployment, std::string_view address);
  void notice(std::string_view level, std::string_view text);

  GatewayOptions options_;
  SystemClock clock_;
  std::unique_ptr<RandomSource> random_;
  std::uint64_t decoy_seed_ = 0;
  std::string digest_opaque_;
  Secret nonce_master_;
  digest::NonceCounts nonce_counts_;
  auth::Lockouts lockouts_;
  DeviceLimits device_limits_;
  FactBoard board_;
  net::EventLoop control_;
  net::Descriptor signals_;
  net::Timer ticker_;
  net::Timer drain_timer_;
  std::unique_ptr<net::WorkerPool> store_pool_, hash_pool_, resolver_pool_, fetch_pool_;
  std::unique_ptr<net::WorkerPool> claim_pool_;  // where nonces are shared
  std::unique_ptr<KeySetManager> key_sets_;
  std::unique_ptr<StoreWatch> store_watch_;
  std::shared_ptr<const Deployment> deployment_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::unique_ptr<Admin> admin_;
  std::unique_ptr<AccessLog> log_;
  std::vector<std::pair<std::string, std::string>> early_notices_;  // before the log is there
  std::size_t workers_running_ = 0;
  std::atomic<std::size_t> connections_{0};
  std::uint64_t issuer_version_ = 0;  // of the store, when the signing keys were read; likewise
  Instant next_tending_{};            // of the token service; likewise
  Instant next_forgetting_{};  // of sessions; for whoever looks at the store
  Instant next_nonce_tending_{};  // likewise
  bool told_of_proxy_ = false;  // under the configuration in force
  bool looking_ = false;
  bool stopping_ = false;
  std::uint64_t reloads_ = 0, reloads_refused_ = 0;
};

}  // namespace quivive::gateway
