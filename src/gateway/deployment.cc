#include "gateway/deployment.h"

#include "backends/htpasswd.h"
#include "backends/sqlite_store.h"
#include "config/report.h"
#include "config/restart.h"
#include "gateway/deploy_issuers.h"
#include "gateway/digest_users.h"
#include "gateway/logo.h"
#include "gateway/whole_file.h"
#include "store/memory_store.h"

#include <algorithm>

namespace quivive::gateway {
namespace {

class Deployer {
 public:
  Deployer(Deployment& out, const DeployContext& context) : out_(out), config_(out.config), context_(context) {}

  void run() {
    keep_what_runs();
    open_stores();
    deploy_issuers(out_, context_, faults_);
    make_upstreams();
    make_tls();
    if (config_.accept.session) read_logo();
    if (!faults_.failed()) make_routes();
    if (!faults_.failed() && config_.accept.session) make_login();
    name_cookies();
    name_headers();
    if (!faults_.failed() && out_.issuer != nullptr) begin_token_service(out_, context_, faults_);
    if (!faults_.failed()) count_digest_users();
  }
  config::Report faults_;

 private:
  void fault(std::string setting, const Error& e) { faults_.add(config::fault_of(config_, std::move(setting), e.message)); }

  void keep_what_runs() {
    tls_files_ = config_.listen.tls;
    if (context_.previous == nullptr) return;
    const auto kept = config::keep_until_restart(context_.previous->config, out_.config);
    if (kept.empty()) return;
    out_.warnings.push_back(fmt::format("{}: changed, which takes a restart; until then what runs stays", fmt::join(kept, ", ")));
  }

  void open_stores() {
    const Deployment* previous = context_.previous.get();
    if (previous != nullptr) {
      out_.stores.database = previous->stores.database;
    } else if (context_.store) {
      out_.stores.database = context_.store;
      if (context_.only_looks && config_.store.kind == config::StoreLocation::Kind::Sqlite) {
        if (const auto looked = backends::SqliteStore::look(resolve(config_, config_.store.file)); !looked) fault("store", looked.error());
      }
    } else if (config_.store.kind == config::StoreLocation::Kind::Memory) {
      out_.stores.database = std::make_shared<store::MemoryStore>();
    } else {
      auto opened = backends::SqliteStore::open(resolve(config_, config_.store.file));
      if (!opened) return fault("store", opened.error());
      out_.stores.database = std::move(*opened);
    }
    out_.stores.users = out_.stores.database;
    if (!config_.accept.basic || config_.accept.basic->htpasswd.empty()) return;
    const std::string file = resolve(config_, config_.accept.basic->htpasswd);
    auto opened = backends::HtpasswdFile::open(file);
    if (!opened) return fault("accept.basic.htpasswd", opened.error());
    for (const std::string& warning : (*opened)->warnings()) out_.warnings.push_back(fmt::format("{}: {}", file, warning));
    out_.stores.users = std::move(*opened);
  }

  void count_digest_users() {
    const bool looks = context_.only_looks && config_.store.kind == config::StoreLocation::Kind::Sqlite;
    const auto count = [&](std::string_view realm, crypto::HashKind hash) {
      if (looks) return backends::SqliteStore::look_for_digests(resolve(config_, config_.store.file), realm, hash);
      return out_.stores.database->count_without_digest(realm, hash);
    };
    for (std::string& warning : warn_of_digest_users(config_, count)) out_.warnings.push_back(std::move(warning));
  }

  void make_upstreams() {
    const Deployment* previous = context_.previous.get();
    for (const config::Upstream& upstream : config_.upstreams) {
      // Plain upstreams that did not change keep their connections. A TLS one is made anew: its authorities may differ.
      if (previous != nullptr && !upstream.url.tls) {
        const auto& before = previous->config.upstreams;
        const auto same = std::find(before.begin(), before.end(), upstream);
        if (same != before.end()) {
          out_.upstreams.push_back(previous->upstreams[static_cast<std::size_t>(same - before.begin())]);
          continue;
        }
      }
      auto target = std::make_shared<net::UpstreamTarget>();
      target->host = upstream.url.host;
      target->port = upstream.url.port;
      target->authority = config::authority(upstream.url);
      target->connect_timeout = upstream.connect_timeout;
      target->idle_timeout = upstream.idle_timeout;
      target->max_idle = upstream.keepalive_connections;
      if (upstream.url.tls) {
        const std::string ca = upstream.tls.ca.empty() ? std::string() : resolve(config_, upstream.tls.ca);
        auto tls = make_client_context(ca, upstream.tls.verify);
        if (!tls) {
          fault(fmt::format("{}.tls.ca", upstream.name == "default" ? "upstream" : "upstreams." + upstream.name), tls.error());
          continue;
        }
        target->tls = std::move(*tls);
        target->server_name = upstream.tls.server_name;
      }
      out_.upstreams.push_back(std::move(target));
    }
  }

  void make_tls() {
    if (tls_files_) {
      constexpr std::string_view kCertificate = "listen.tls.certificate", kKey = "listen.tls.key";
      const std::string certificate = resolve(config_, tls_files_->certificate), key = resolve(config_, tls_files_->key);
      bool readable = true;  // both are told, where neither is
      for (const auto& [setting, file] : {std::pair{kCertificate, &certificate}, std::pair{kKey, &key}}) {
        const auto content = read_whole_file(*file, kMaxPem);
        if (!content) fault(std::string(setting), content.error());
        readable = readable && content;
      }
      if (!readable) return;
      auto context = make_server_context(certificate, key);
      if (!context) return fault(std::string(context.error().message.starts_with(key + ":") ? kKey : kCertificate), context.error());
      if (config_.listen.tls) out_.listener_tls = std::move(*context);
    } else if (config_.listen.tls) {
      out_.listener_tls = context_.previous->listener_tls;  // the file names none any more
    }
  }

  [[nodiscard]] auth::SessionSettings session_settings() const {
    const config::SessionSettings& session = *config_.accept.session;
    return {config::session_cookie(config_).name, session.idle, session.absolute};
  }

  void read_logo() {
    constexpr const char* kSetting = "accept.session.logo";
    if (config_.accept.session->logo.empty()) return;
    const std::string file = resolve(config_, config_.accept.session->logo);
    const auto bytes = read_whole_file(file, kMaxLogoBytes);
    if (!bytes) return fault(kSetting, bytes.error());
    auto logo = logo_data_uri(*bytes);
    if (!logo) return fault(kSetting, error("{}: {}", file, logo.error().message));
    logo_ = std::move(*logo);
  }

  void make_login() {
    auth::RouteSettings s;
    s.name = "/.quivive/login";
    s.realm = config_.realm;
    s.accept = {auth::Scheme::Session};
    s.session = session_settings();
    s.basic = {context_.decoy_seed};
    auto policy = auth::RoutePolicy::compile(std::move(s));
    if (!policy) return fault("accept.session", policy.error());
    const config::SessionSettings& settings = *config_.accept.session;
    LoginDesk desk;
    desk.route.index = out_.routes.size();
    desk.route.policy = std::make_shared<const auth::RoutePolicy>(std::move(*policy));
    desk.cookie = config::session_cookie(config_);
    if (!desk.cookie.secure) {
      out_.warnings.push_back(fmt::format(
          "sessions are in a cookie '{}' that http may carry too, since this is a loopback address without TLS; say accept.session.secure: always where a proxy ends TLS",
          desk.cookie.name));
    }
    desk.title = settings.title;
    desk.logo = std::move(logo_);
    out_.login = std::make_shared<const LoginDesk>(std::move(desk));
  }

  void name_cookies() {
    constexpr std::size_t kMost = 8;
    if (out_.login != nullptr) out_.own_cookies.push_back(out_.login->cookie.name);
    if (context_.previous == nullptr) return;
    for (const std::string& name : context_.previous->own_cookies) {
      const bool known = std::ranges::find(out_.own_cookies, name) != out_.own_cookies.end();
      if (!known && out_.own_cookies.size() < kMost) out_.own_cookies.push_back(name);
    }
  }

  static auth::Terms terms_of(const config::Wanted& wanted) {
    auth::Terms out;
    (wanted.match == config::Wanted::Match::All ? out.all_of : out.any_of) = wanted.values;
    return out;
  }

  void make_routes() {
    std::vector<auth::RouteEntry> entries;
    for (const config::Route& route : config_.routes) {
      const std::string at = config_place(config_, route.line);
      auth::RouteSettings s;
      s.name = at.empty() ? route.path : fmt::format("{} ({})", route.path, at);
      s.realm = route.realm;
      s.is_public = route.is_public;
      s.observe = route.mode == config::Mode::Observe;
      for (const config::Scheme scheme : route.accept) {
        switch (scheme) {
          case config::Scheme::Digest:
            s.accept.push_back(auth::Scheme::Digest);
            s.digest = {config_.accept.digest->algorithms, config_.accept.digest->userhash, config_.accept.digest->nonce_lifetime,
                        config_.accept.digest->domain, context_.digest_opaque, config_.accept.digest->qop};
            break;
          case config::Scheme::Bearer:
            s.accept.push_back(auth::Scheme::Bearer);
            s.issuers = out_.issuers;
            s.token_bytes = config_.limits.token_bytes;
            break;
          case config::Scheme::ApiKey:
            s.accept.push_back(auth::Scheme::ApiKey);
            s.api_key = {config_.accept.api_key->header, config_.accept.api_key->query, config_.accept.api_key->authorization};
            break;
          case config::Scheme::Session:
            s.accept.push_back(auth::Scheme::Session);
            s.session = session_settings();
            break;
          case config::Scheme::Basic:
            s.accept.push_back(auth::Scheme::Basic);
            s.basic = {context_.decoy_seed};
            break;
        }
      }
      s.require.scopes = terms_of(route.require.scope);
      s.require.roles = terms_of(route.require.role);
      for (const config::ClaimWanted& claim : route.require.claims) s.require.claims.push_back({claim.name, {{}, claim.values}});
      auto policy = auth::RoutePolicy::compile(std::move(s));
      if (!policy) {
        fault(fmt::format("routes[{}]", &route - config_.routes.data()), policy.error());
        continue;
      }
      const config::Upstream& upstream = config_.upstreams[route.upstream];
      Route made;
      made.index = out_.routes.size();
      made.policy = std::make_shared<const auth::RoutePolicy>(std::move(*policy));
      made.upstream = out_.upstreams[route.upstream];
      made.first_byte_timeout = upstream.first_byte_timeout;
      made.idle_timeout = upstream.idle_timeout;
      made.forward_authorization = route.forward_authorization;
      made.browser_prompt = route.browser_prompt;
      made.cors_origins = route.cors_origins;
      made.pass_encoded_slash = route.encoded_slash == config::EncodedSlash::Pass;
      entries.push_back({{route.path, route.host, route.methods}, made.policy});
      out_.routes.push_back(std::move(made));
    }
    if (faults_.failed()) return;
    auto router = auth::Router::compile(std::move(entries));
    if (!router) return fault("routes", router.error());
    out_.router = std::move(*router);
  }

  void name_headers() {
    if (config_.accept.api_key) {
      out_.key_header = config_.accept.api_key->header;
      out_.key_query = config_.accept.api_key->query;
    }
    const config::IdentityHeaders& h = config_.identity.headers;
    const std::string_view names[] = {h.subject, h.scheme, h.issuer, h.scopes, h.roles, h.key_id, h.assertion};
    const std::string_view prefixes[] = {config_.identity.prefix};
    out_.protected_names = http::ProtectedNames(names, prefixes);
    if (!config_.identity.assertion || faults_.failed()) return;
    if (context_.previous && context_.previous->assertion && context_.previous->config.realm == config_.realm) {
      out_.assertion = context_.previous->assertion;
      return;
    }
    auto assertion = IdentityAssertion::make(config_.realm);
    if (!assertion) return fault("identity.assertion", assertion.error());
    out_.assertion = std::make_shared<const IdentityAssertion>(std::move(*assertion));
  }

  Deployment& out_;
  const config::Config& config_;
  const DeployContext& context_;
  std::optional<config::TlsFiles> tls_files_;  // as the file says, whether or not TLS is spoken
  std::string logo_;  // data: URI
};

}  // namespace

void throw_exception_from_error(const DeployFaults& faults, const boost::source_location&) {
  throw std::logic_error("value() of a failed deployment: " + (faults.lines.empty() ? std::string() : faults.lines.front()));
}

void adopt_keys(const Deployment& deployment, FactBoard& board, KeySetManager& key_sets) {
  for (const auto& fixed : deployment.fixed_keys) board.set_keys(fixed.slot, fixed.keys);
  for (const auto& fetched : deployment.fetched_keys) key_sets.configure(fetched.slot, fetched.location);
}

Result<std::shared_ptr<const Deployment>, DeployFaults> deploy(config::Config config, const DeployContext& context) {
  auto out = std::make_shared<Deployment>();
  out->config = std::move(config);
  if (context.previous != nullptr) out->generation = context.previous->generation + 1;
  Deployer deployer(*out, context);
  deployer.run();
  if (deployer.faults_.failed()) {
    DeployFaults faults;
    for (const config::Diagnostic& d : deployer.faults_.take()) faults.lines.push_back(format(d, source_of(out->config)));
    return faults;
  }
  return std::shared_ptr<const Deployment>(std::move(out));
}

}  // namespace quivive::gateway
