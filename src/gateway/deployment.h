#pragma once
// Deployment: a configuration made ready to serve. Immutable; a reload makes another, and requests in progress keep theirs.

#include "auth/route_policy.h"
#include "auth/router.h"
#include "config/config.h"
#include "gateway/identity.h"
#include "gateway/key_set_manager.h"
#include "gateway/store_watch.h"
#include "gateway/tls_context.h"
#include "http/hygiene.h"
#include "issuer/service.h"
#include "net/upstream_pool.h"

#include <memory>
#include <string>
#include <vector>

namespace quivive::gateway {

struct Route {
  std::size_t index = 0;  // in the configuration
  std::shared_ptr<const auth::RoutePolicy> policy;
  std::shared_ptr<const net::UpstreamTarget> upstream;
  std::chrono::milliseconds first_byte_timeout{};
  std::chrono::milliseconds idle_timeout{};
  bool forward_authorization = false;
  bool pass_encoded_slash = false;
  bool browser_prompt = false;
  std::vector<std::string> cors_origins;
};

// What /.quivive/login and its neighbours need.
struct LoginDesk {
  Route route;  // of no upstream: it accepts sessions
  config::SessionCookie cookie;
  std::string title;  // "" for the realm
  std::string logo;   // data: URI, "" for none
};

struct Deployment {
  std::uint64_t generation = 1;  // which of this process's it is: a reload counts on
  config::Config config;  // what runs: of what only a restart changes, as it was at the start
  std::vector<Route> routes;  // as in config.routes
  std::optional<auth::Router> router;
  std::vector<std::shared_ptr<const auth::IssuerPolicy>> issuers;  // as in config.accept.bearer
  std::vector<std::shared_ptr<const net::UpstreamTarget>> upstreams;
  StoreSet stores;
  http::ProtectedNames protected_names;
  std::string key_header;  // "" for none
  std::string key_query;
  TlsContext listener_tls;
  std::shared_ptr<const IdentityAssertion> assertion;  // null unless identity.assertion
  std::shared_ptr<const LoginDesk> login;  // null unless accept.session
  std::shared_ptr<issuer::Service> issuer;  // null unless issuer
  std::optional<std::size_t> issuer_slot;  // of its keys on the board; nothing where accept.bearer has another row for it
  // Names of our session cookies, now and before reloads of this process: no upstream may see one, or set it.
  std::vector<std::string> own_cookies;
  // For the operator: what was left out of the files that were read, and what has to wait for a restart.
  std::vector<std::string> warnings;

  // Key sets that came with the configuration (files, inline, secrets), to be put on the board when it takes over.
  struct FixedKeys {
    std::size_t slot;
    std::shared_ptr<const jose::KeySet> keys;
  };
  std::vector<FixedKeys> fixed_keys;
  // Where the others are fetched from, and how often: for the key-set manager, when it takes over.
  struct FetchedKeys {
    std::size_t slot;
    KeyLocation location;
  };
  std::vector<FetchedKeys> fetched_keys;
};

// What outlives configurations and is reused by the next one.
struct DeployContext {
  FactBoard& board;
  KeySetManager& key_sets;
  std::shared_ptr<const Deployment> previous;  // what did not change is taken over from it
  std::shared_ptr<store::Store> store;         // where the caller has opened one already; null: opened here
  std::uint64_t decoy_seed = 0;                // random, of this process
  std::string digest_opaque;                   // of this process; "" for none
  Instant now{};
  bool only_looks = false;  // `store` stands in for that of the configuration, which is looked at; no file is made or changed
};

struct DeployFaults {
  std::vector<std::string> lines;  // each one line, what is wrong and where, in the order of the file
  bool outside = false;            // the configuration is right: an address is taken, say
};
[[noreturn]] void throw_exception_from_error(const DeployFaults& faults, const boost::source_location&);

// Puts a deployment's keys in force, as it takes over. Control thread.
void adopt_keys(const Deployment& deployment, FactBoard& board, KeySetManager& key_sets);

// Reads the files that the configuration names and opens its store. Every fault is gathered, and where there is one nothing of what is in
// force has changed. Blocks; control thread.
[[nodiscard]] Result<std::shared_ptr<const Deployment>, DeployFaults> deploy(config::Config config, const DeployContext& context);

}  // namespace quivive::gateway
