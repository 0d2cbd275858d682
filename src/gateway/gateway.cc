#include "gateway/gateway.h"

#include "base/base64.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "crypto/constant_time.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "crypto/system_random.h"
#include "gateway/admin.h"
#include "gateway/user_hashes.h"
#include "net/fetch.h"
#include "net/run_blocking.h"

#include <csignal>
#include <pthread.h>
#include <sys/signalfd.h>

namespace quivive::gateway {
namespace {

using net::Awaitable;
using net::kUse;
namespace asio = net::asio;

constexpr std::chrono::milliseconds kTick = StoreWatch::kInterval;
constexpr std::size_t kStoreQueue = 4096;

std::size_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

// One address for each listener: an empty host means every interface, which a dual-stack socket covers.
net::tcp::endpoint endpoint_of(const config::ListenAddress& address) {
  if (address.host.empty()) return {net::tcp::v6(), address.port};
  return {asio::ip::make_address(address.host), address.port};
}

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

constexpr Duration kSessionMemory = std::chrono::hours(24);

config::Log::Level rank_of(std::string_view level) {
  if (level == "error") return config::Log::Level::Error;
  return level == "warning" ? config::Log::Level::Warning : config::Log::Level::Info;
}

}  // namespace

void block_signals() {
  const sigset_t set = handled_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Gateway::Gateway(GatewayOptions options)
    : options_(std::move(options)),
      random_(std::make_unique<crypto::SystemRandom>()),
      signals_(control_.executor()),
      ticker_(control_.executor()),
      drain_timer_(control_.executor()) {
  random_->fill({reinterpret_cast<std::uint8_t*>(&decoy_seed_), sizeof decoy_seed_});
  digest_opaque_ = hex_encode(random_->bytes(8));
  nonce_master_ = Secret(random_->bytes(store::kNonceMasterSize));
}

Gateway::~Gateway() {
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  // Pools end after the workers and before what their jobs refer to.
  for (auto* pool : {&fetch_pool_, &store_pool_, &hash_pool_, &resolver_pool_, &claim_pool_}) {
    if (*pool) (*pool)->stop();
  }
  log_.reset();
  admin_.reset();
}

Result<std::unique_ptr<Gateway>, DeployFaults> Gateway::make(config::Config config, GatewayOptions options) {
  net::fetch_init();
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(options)));
  auto faults = gateway->start(std::move(config));
  if (!faults.lines.empty()) return faults;
  return gateway;
}

DeployFaults Gateway::start(config::Config config) {
  block_signals();
  const sigset_t set = handled_signals();
  std::signal(SIGPIPE, SIG_IGN);
  signals_.assign(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));

  const std::size_t worker_count = config.workers != 0 ? config.workers : cores();
  const std::size_t hash_threads = config.limits.hash_threads != 0 ? config.limits.hash_threads : std::max<std::size_t>(1, cores() / 2);
  store_pool_ = std::make_unique<net::WorkerPool>(2, kStoreQueue);
  // One client's flood of passwords neither fills the queue nor takes all threads.
  const net::FairQueue::Limits hash_limits{.jobs = config.limits.hash_queue,
                                           .per_origin = std::max<std::size_t>(1, config.limits.hash_queue / 4),
                                           .at_once = std::clamp<std::size_t>(hash_threads / 2, 1, 4)};
  // A token that waits for a core while a password is hashed would wait for milliseconds: bench/flood.py. Where tokens keep every core
  // busy, passwords wait for them.
  constexpr int kHashNice = 19;
  hash_pool_ = std::make_unique<net::WorkerPool>(hash_threads, hash_limits, crypto::release_password_memory, kHashNice);
  resolver_pool_ = std::make_unique<net::WorkerPool>(1, 256);
  fetch_pool_ = std::make_unique<net::WorkerPool>(2, 64);
  const auto say = [this](std::string_view level, std::string_view text) { notice(level, text); };
  key_sets_ = std::make_unique<KeySetManager>(board_, control_, *fetch_pool_, clock_, *random_, say);
  store_watch_ = std::make_unique<StoreWatch>(board_, say);

  auto deployed = deploy(std::move(config), {board_, *key_sets_, nullptr, options_.store, decoy_seed_, digest_opaque_, clock_.now()});
  if (!deployed) return deployed.error();
  deployment_ = std::move(*deployed);
  if (const auto& digest = deployment_->config.accept.digest) nonce_counts_.set_lifetime(digest->nonce_lifetime);
  if (const auto shared = share_nonces(); !shared) return {{shared.error().message}, true};
  lockouts_.set_limits(deployment_->config.lockout);
  adopt_keys(*deployment_, board_, *key_sets_);
  for (const std::string& warning : deployment_->warnings) notice("warning", warning);
  store_watch_->look(deployment_->stores, clock_.now());

  net::tcp::endpoint at = endpoint_of(deployment_->config.listen.address);
  const auto unknown_proxy = [this](std::shared_ptr<const Deployment> deployment, std::string address) {
    control_.mailbox().post([this, deployment = std::move(deployment), address = std::move(address)] { tell_of_proxy(deployment, address); });
  };
  for (std::size_t i = 0; i < worker_count; ++i) {
    const Services services{clock_, board_, *store_watch_, control_, *key_sets_, *store_pool_, *hash_pool_, *resolver_pool_, nonce_master_, nonce_counts_, lockouts_, device_limits_,
                            claim_pool_.get(), connections_, unknown_proxy};
    workers_.push_back(std::make_unique<Worker>(services, deployment_, *random_));
    const auto port = i == 0 ? net::Listener::Port::Free : net::Listener::Port::Shared;
    if (const auto listening = workers_.back()->listen(at, port); !listening) return {{listening.error().message}, true};
    at = workers_.front()->local();  // port 0 is chosen once
  }
  if (deployment_->config.admin) {
    auto admin = Admin::open(*this, endpoint_of(*deployment_->config.admin));
    if (!admin) return {{admin.error().message}, true};
    admin_ = std::move(*admin);
  }
  return {};
}

net::tcp::endpoint Gateway::address() const { return workers_.front()->local(); }

std::optional<net::tcp::endpoint> Gateway::admin_address() const {
  if (!admin_) return std::nullopt;
  return admin_->local();
}

void Gateway::run(const std::function<void()>& ready) {
  std::vector<RecordRing*> rings;
  for (auto& worker : workers_) rings.push_back(&worker->records);
  log_ = std::make_unique<AccessLog>(rings, options_.log_fd, options_.log_format, deployment_->config.log.requests);
  for (const auto& [level, text] : early_notices_) log_->notice(level, text);
  early_notices_.clear();
  workers_running_ = workers_.size();
  for (auto& worker : workers_) {
    threads_.emplace_back([this, w = worker.get()] {
      w->run();
      control_.mailbox().post([this] { worker_ended(); });
    });
  }
  if (admin_) admin_->start();
  control_.spawn(watch_signals());
  control_.spawn(tick());
  if (ready) ready();
  control_.run();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

Awaitable<> Gateway::watch_signals() {
  signalfd_siginfo info{};
  while (true) {
    const auto [ec, n] = co_await signals_.async_read_some(asio::buffer(&info, sizeof info), kUse);
    if (ec || n != sizeof info) co_return;
    if (info.ssi_signo == SIGHUP) {
      reload({});
    } else {
      stop();
    }
  }
}

Awaitable<> Gateway::tick() {
  key_sets_->tick();
  while (!stopping_) {
    ticker_.expires_after(kTick);
    const auto [ec] = co_await ticker_.async_wait(kUse);
    if (ec) co_return;
    key_sets_->tick();
    look_at_store();
  }
}

void Gateway::look_at_store() {
  if (looking_) return;
  looking_ = true;
  const auto deployment = deployment_;
  const bool accepted = store_pool_->submit([this, deployment] {
    const Instant now = clock_.now();
    store_watch_->look(deployment->stores, now);
    if (const auto& session = deployment->config.accept.session; session && now >= next_forgetting_) {
      // A day late, so that an expired cookie can be told from one that never was; what fails is tried again.
      next_forgetting_ = now + std::chrono::hours(1);
      (void)deployment->stores.database->forget_sessions(now - kSessionMemory, now - session->idle - kSessionMemory);
    }
    tend_nonces(*deployment, now);
    tend_issuer(*deployment, now);
    control_.mailbox().post([this] { looking_ = false; });
  });
  if (!accepted) looking_ = false;
}

Result<void> Gateway::share_nonces() {
  if (deployment_->config.shared != config::Shared::Store) return {};
  auto master = deployment_->stores.database->nonce_master(nonce_master_, clock_.now());
  if (!master) return master.error();
  nonce_master_ = std::move(*master);
  // Threat: whoever holds the store's lock, and so holds up claims, would hold up all look-ups, if they waited in one queue. This one is
  // short: what is behind many that wait has no client any more.
  claim_pool_ = std::make_unique<net::WorkerPool>(1, 128);
  return {};
}

// On the pool: drops counts that nobody can claim any more, and looks whether all nonces are made anew. What fails is tried again.
void Gateway::tend_nonces(const Deployment& deployment, Instant now) {
  constexpr std::size_t kMost = 1'000'000;
  constexpr Duration kInterval = std::chrono::minutes(1);
  if (claim_pool_ == nullptr || now < next_nonce_tending_) return;
  next_nonce_tending_ = now + kInterval;
  const auto& digest = deployment.config.accept.digest;
  const Duration lifetime = digest ? digest->nonce_lifetime : digest::kMaxNonceLifetime;
  store::Store& store = *deployment.stores.database;
  (void)store.forget_nonces(now - lifetime - kInterval, kMost);
  auto master = store.nonce_master(Secret(random_->bytes(store::kNonceMasterSize)), now);
  if (master) control_.mailbox().post([this, master = std::move(*master)] { renew_nonces(master); });
}

void Gateway::renew_nonces(Secret master) {
  if (crypto::constant_time_equal(master.reveal(RevealSecret{}), nonce_master_.reveal(RevealSecret{}))) return;
  notice("warning", "Digest nonces are made anew, and clients asked once more: the clock of a gateway on this store was ahead");
  nonce_master_ = std::move(master);
  on_workers([master = nonce_master_](Worker& worker) { worker.tools.nonces.renew(master); }, {});
}

// On the pool. Another process may have made a signing key, which this one has to know before a token of it comes.
void Gateway::tend_issuer(const Deployment& deployment, Instant now) {
  constexpr Duration kInterval = std::chrono::seconds(30);
  const std::uint64_t version = store_watch_->database_version();
  if (deployment.issuer == nullptr || (version == issuer_version_ && now < next_tending_)) return;
  issuer_version_ = version;
  next_tending_ = now + kInterval;
  if (const auto tended = deployment.issuer->tend(now); !tended) return notice("error", "issuer: " + tended.error().message);
  if (!deployment.issuer_slot) return;
  const auto& keys = deployment.issuer->keys()->keys();
  const auto current = board_.keys(*deployment.issuer_slot);
  if (current == nullptr || current->fingerprint() != keys->fingerprint()) board_.set_keys(*deployment.issuer_slot, keys);
}

void Gateway::reload(std::function<void(ReloadOutcome)> done) {
  const auto refuse = [&](const std::vector<std::string>& faults) {
    ++reloads_refused_;
    for (const std::string& fault : faults) notice("error", fault);
    notice("error", "reload refused; the configuration before stays in force");
    if (done) done({faults, {}});
  };
  if (!options_.reread) return refuse({"there is no configuration file to read again"});
  auto config = options_.reread();
  if (!config) return refuse(config.error().lines);
  auto deployed = deploy(std::move(*config), {board_, *key_sets_, deployment_, nullptr, decoy_seed_, digest_opaque_, clock_.now()});
  if (!deployed) {
    keep_issuers_of(*deployment_);  // those that only the refused one named are not fetched for nothing
    return refuse(deployed.error().lines);
  }
  deployment_ = std::move(*deployed);
  told_of_proxy_ = false;
  adopt_keys(*deployment_, board_, *key_sets_);
  if (const auto& digest = deployment_->config.accept.digest) nonce_counts_.set_lifetime(digest->nonce_lifetime);
  lockouts_.set_limits(deployment_->config.lockout);
  for (const std::string& warning : deployment_->warnings) notice("warning", warning);
  const auto deployment = deployment_;
  on_workers([deployment](Worker& worker) { worker.replace(deployment); },
             [this, deployment, done = std::move(done)] {
               // Not before: until then workers judge by the configuration before. Nor where another reload has come in between, which sees to it.
               if (deployment == deployment_) keep_issuers_of(*deployment_);
               ++reloads_;
               notice("info", "configuration reloaded");
               if (done) done({{}, deployment->warnings});
             });
}

Awaitable<std::string> Gateway::lockouts_json() {
  const auto locked = lockouts_.list(clock_.now());
  std::function<std::vector<std::string>()> job = [store = deployment_->stores.database, locked] {
    std::vector<std::string> accounts;
    for (const auto& one : locked) accounts.push_back(user_behind(*store, one.user));
    return accounts;
  };
  const auto accounts = co_await net::run_blocking<std::vector<std::string>>(*store_pool_, control_.mailbox(), std::move(job));
  JsonArray out;
  for (std::size_t i = 0; i < locked.size(); ++i) {
    // Not before: rounded up.
    const Instant until = std::chrono::ceil<std::chrono::seconds>(locked[i].until);
    JsonObject item{{"user", locked[i].user}, {"network", locked[i].network}, {"until", rfc3339(until)}};
    if (accounts && !(*accounts)[i].empty()) item["account"] = (*accounts)[i];
    out.push_back(std::move(item));
  }
  co_return to_json(out);
}

Awaitable<Result<std::size_t>> Gateway::clear_lockouts(std::string user, std::string network) {
  if (user.empty()) co_return lockouts_.clear(user, network);
  std::function<Result<std::vector<std::string>>()> job = [store = deployment_->stores.database, user] { return names_of(*store, user); };
  const auto names = co_await net::run_blocking<Result<std::vector<std::string>>>(*store_pool_, control_.mailbox(), std::move(job));
  if (!names) co_return error("the store has too much to do");
  if (!*names) co_return names->error();
  std::size_t cleared = 0;
  for (const std::string& name : **names) cleared += lockouts_.clear(name, network);
  co_return cleared;
}

void Gateway::keep_issuers_of(const Deployment& deployment) {
  std::vector<std::size_t> slots;
  for (const auto& issuer : deployment.issuers) slots.push_back(issuer->key_slot);
  key_sets_->keep_only(slots);
}

void Gateway::on_workers(std::function<void(Worker&)> visit, std::function<void()> done) {
  auto left = std::make_shared<std::size_t>(workers_.size());  // touched on the control thread only
  for (auto& worker : workers_) {
    worker->loop.mailbox().post([this, w = worker.get(), visit, left, done] {
      visit(*w);
      control_.mailbox().post([left, done] {
        if (--*left == 0 && done) done();
      });
    });
  }
}

void Gateway::stop() {
  if (stopping_) return;
  stopping_ = true;
  notice("info", "stopping: finishing the requests in progress");
  for (auto& worker : workers_) worker->loop.mailbox().post([w = worker.get()] { w->drain(); });
  control_.spawn(enforce_drain_deadline());
}

Awaitable<> Gateway::enforce_drain_deadline() {
  drain_timer_.expires_after(deployment_->config.limits.drain_timeout);
  const auto [ec] = co_await drain_timer_.async_wait(kUse);
  if (ec) co_return;
  notice("warning", "the drain deadline has passed: closing what is left");
  for (auto& worker : workers_) worker->loop.mailbox().post([w = worker.get()] { w->close_all(); });
}

void Gateway::worker_ended() {
  if (--workers_running_ > 0) return;
  drain_timer_.cancel();
  ticker_.cancel();
  signals_.close();
  if (admin_) admin_->stop();
  control_.finish();
}

bool Gateway::ready() const { return !stopping_ && board_.store_up.load() && key_sets_->all_tried(); }

std::string Gateway::metrics() const {
  std::vector<const Metrics*> all;
  for (const auto& worker : workers_) all.push_back(&worker->metrics);
  GatewayGauges gauges;
  key_sets_->report(gauges);
  gauges.hash_queue = hash_pool_->queued();
  gauges.store_up = board_.store_up.load();
  gauges.reloads = reloads_;
  gauges.reloads_refused = reloads_refused_;
  return expose(all, gauges);
}

// The first worker to find one is heard; those of the configuration before are not.
void Gateway::tell_of_proxy(const std::shared_ptr<const Deployment>& deployment, std::string_view address) {
  if (deployment != deployment_ || std::exchange(told_of_proxy_, true)) return;
  notice("warning", fmt::format("requests from {} say that they were forwarded, and trusted_proxies does not name it: client addresses, and lock-outs with them, "
                                "are not known; see trusted_proxies", address));
}

void Gateway::notice(std::string_view level, std::string_view text) {
  if (deployment_ && rank_of(level) > deployment_->config.log.level) return;
  if (log_) return log_->notice(level, text);
  early_notices_.emplace_back(level, text);
}

}  // namespace quivive::gateway
