#include "gateway/deployment.h"

#include "backends/htpasswd.h"
#include "backends/sqlite_store.h"
#include "base/base64.h"
#include "crypto/password.h"
#include "crypto/system_random.h"
#include "gateway/logo.h"
#include "gateway/whole_file.h"
#include "jose/jwk.h"
#include "store/memory_store.h"

#include <algorithm>

namespace quivive::gateway {
namespace {

constexpr std::size_t kMaxKeyFile = 256 * 1024;

std::string place(const config::Config& config, std::uint32_t line) {
  return line == 0 ? std::string() : fmt::format("{}:{}", config.file, line);
}

class Deployer {
 public:
  Deployer(Deployment& out, const DeployContext& context) : out_(out), config_(out.config), context_(context) {}

  void run() {
    out_.listening = context_.previous != nullptr ? context_.previous->listening : config_.listen;
    open_stores();
    if (config_.issuer && faults_.empty()) make_token_service();
    if (config_.accept.bearer) make_issuers();
    make_upstreams();
    make_tls();
    if (config_.accept.basic || config_.accept.session) make_decoy();
    if (faults_.empty()) make_routes();
    if (faults_.empty() && config_.accept.session) make_login();
    name_cookies();
    name_headers();
  }
  std::vector<std::string> faults_;

 private:
  void fault(const Error& e) { faults_.push_back(e.message); }

  void open_stores() {
    const Deployment* previous = context_.previous.get();
    if (previous != nullptr && previous->config.store == config_.store) {
      out_.stores.database = previous->stores.database;
    } else if (context_.store) {
      out_.stores.database = context_.store;
    } else if (config_.store.kind == config::StoreLocation::Kind::Memory) {
      out_.stores.database = std::make_shared<store::MemoryStore>();
    } else {
      auto opened = backends::SqliteStore::open(resolve(config_, config_.store.file));
      if (!opened) return fault(opened.error());
      out_.stores.database = std::move(*opened);
    }
    out_.stores.users = out_.stores.database;
    if (!config_.accept.basic || config_.accept.basic->htpasswd.empty()) return;
    const std::string file = resolve(config_, config_.accept.basic->htpasswd);
    auto opened = backends::HtpasswdFile::open(file);
    if (!opened) return fault(opened.error());
    password_hashes_ = (*opened)->hashes();
    for (const std::string& warning : (*opened)->warnings()) out_.warnings.push_back(fmt::format("{}: {}", file, warning));
    out_.stores.users = std::move(*opened);
  }

  // Every claim that a route's requirement may look at: what has to be kept of a token when it is remembered.
  [[nodiscard]] std::vector<std::string> required_claims() const {
    std::vector<std::string> names;
    for (const config::Route& route : config_.routes) {
      for (const config::ClaimWanted& claim : route.require.claims) names.push_back(claim.name);
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

  void make_token_service() {
    const config::TokenService& service = *config_.issuer;
    issuer::Settings settings{.url = service.url, .audiences = service.audiences, .algorithm = service.algorithm,
                              .access_token_lifetime = service.access_token_lifetime, .refresh_token_lifetime = service.refresh_token_lifetime,
                              .refresh_grace = service.refresh_grace, .code_lifetime = service.code_lifetime,
                              .device_code_lifetime = service.device_code_lifetime, .key_rotation = service.key_rotation,
                              .users_sign_in = config_.accept.session && config_.accept.session->login == config::LoginKind::Form};
    static crypto::SystemRandom random;  // thread-safe, and without state
    out_.issuer = std::make_shared<issuer::Service>(std::move(settings), out_.stores.database, out_.stores.users, random);
    if (const auto tended = out_.issuer->tend(context_.now); !tended) fault(error("issuer: {}", tended.error().message));
  }

  void make_issuers() {
    const Deployment* previous = context_.previous.get();
    const std::vector<std::string> kept_claims = required_claims();
    for (const config::Issuer& issuer : config_.accept.bearer->issuers) {
      const std::string at = place(config_, issuer.line);
      auto jwt = policy_of(issuer);
      if (!jwt) {
        faults_.push_back(fmt::format("{}: issuer {}: {}", at, issuer.issuer, jwt.error().message));
        continue;
      }
      std::size_t slot = 0;
      if (issuer.keys.kind == config::KeySource::Kind::Own) {
        const auto keys = out_.issuer == nullptr ? nullptr : out_.issuer->keys();
        if (keys == nullptr) continue;  // told already
        out_.issuer_slot = slot = slot_of_fixed(issuer, *keys->keys());
      } else if (issuer.keys.kind == config::KeySource::Kind::Url || issuer.keys.kind == config::KeySource::Kind::Discover) {
        KeyLocation location;
        location.issuer = issuer.issuer;
        location.url = issuer.keys.value;
        location.timing.refresh = issuer.refresh;
        location.timing.max_stale = issuer.max_stale;
        location.cache_file = cache_file(issuer);
        slot = context_.key_sets.slot_for(location);
      } else {
        auto keys = fixed_keys(issuer);
        if (keys) {
          if (const auto fits = jwt->check_keys(*keys); !fits) keys = fits.error();
        }
        if (!keys) {
          faults_.push_back(fmt::format("{}: keys of issuer {}: {}", at, issuer.issuer, keys.error().message));
          continue;
        }
        slot = slot_of_fixed(issuer, std::move(*keys));
      }
      // The same object for the same settings: what was remembered under it stays good over a reload.
      std::shared_ptr<const auth::IssuerPolicy> policy;
      if (previous != nullptr && previous->config.accept.bearer) {
        const auto& before = previous->config.accept.bearer->issuers;
        for (std::size_t i = 0; i < before.size(); ++i) {
          config::Issuer same = before[i];
          same.line = issuer.line;
          const auto& then = previous->issuers[i];
          if (same == issuer && then->key_slot == slot && then->kept_claims == kept_claims) policy = then;
        }
      }
      if (!policy) {
        auth::IssuerPolicy made{.jwt = std::move(*jwt), .key_slot = slot, .role_claims = {}};
        made.kept_claims = kept_claims;
        if (!issuer.scope_claim.empty()) made.scope_claims = {issuer.scope_claim};
        if (!issuer.roles_claim.empty()) made.role_claims = {issuer.roles_claim};
        policy = std::make_shared<const auth::IssuerPolicy>(std::move(made));
      }
      out_.issuers.push_back(std::move(policy));
    }
  }

  [[nodiscard]] static Result<jose::JwtPolicy> policy_of(const config::Issuer& issuer) {
    jose::JwtPolicy::Builder builder(issuer.issuer);
    if (issuer.any_audience) builder.accept_any_audience();
    for (const std::string& audience : issuer.audiences) builder.accept_audience(audience);
    for (const auto algorithm : issuer.algorithms) builder.allow_algorithm(algorithm);
    builder.leeway(issuer.leeway);
    if (issuer.allow_missing_expiration) builder.allow_missing_expiration();
    if (!issuer.require_typ.empty()) builder.require_type(issuer.require_typ);
    if (issuer.max_age) builder.max_age(*issuer.max_age);
    for (const std::string& claim : issuer.require_claims) builder.require_claim(claim);
    if (issuer.allow_id_tokens) builder.accept_id_tokens();
    return builder.build();
  }

  [[nodiscard]] Result<jose::KeySet> fixed_keys(const config::Issuer& issuer) {
    if (issuer.keys.kind == config::KeySource::Kind::Inline) return jose::KeySet::parse(issuer.keys.value);
    const std::string file = resolve(config_, issuer.keys.value);
    auto content = read_whole_file(file, kMaxKeyFile);
    if (!content) return content.error();
    if (issuer.keys.kind == config::KeySource::Kind::SecretFile) {
      std::string& secret = *content;
      while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();  // as editors and `echo` leave it
      auto key = crypto::MacKey::make(Secret(std::move(secret)));
      if (!key) return error("{}: {}", file, key.error().message);
      return jose::KeySet::of({jose::Jwk::from_secret(std::move(*key))});
    }
    Result<jose::KeySet> set = error("");
    if (content->find("-----BEGIN ") != std::string::npos) {
      auto key = crypto::PublicKey::from_pem(*content);
      if (!key) return error("{}: {}", file, key.error().message);
      set = jose::KeySet::of({jose::Jwk::from_public_key(std::move(*key))});
    } else {
      set = jose::KeySet::parse(*content);
    }
    if (!set) return error("{}: {}", file, set.error().message);
    return set;
  }

  std::size_t slot_of_fixed(const config::Issuer& issuer, jose::KeySet keys) {
    auto shared = std::make_shared<const jose::KeySet>(std::move(keys));
    const Deployment* previous = context_.previous.get();
    if (previous != nullptr && previous->config.accept.bearer) {
      const auto& before = previous->config.accept.bearer->issuers;
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i].issuer != issuer.issuer || before[i].keys != issuer.keys) continue;
        const std::size_t slot = previous->issuers[i]->key_slot;
        const auto current = context_.board.keys(slot);
        if (!current || current->fingerprint() != shared->fingerprint()) out_.fixed_keys.push_back({slot, shared});
        return slot;
      }
    }
    const std::size_t slot = context_.board.add_slot(issuer.issuer);
    out_.fixed_keys.push_back({slot, std::move(shared)});
    return slot;
  }

  // Beside the store, so that a restart during an outage of the issuer still verifies.
  [[nodiscard]] std::string cache_file(const config::Issuer& issuer) const {
    if (config_.store.kind != config::StoreLocation::Kind::Sqlite) return {};
    const std::string id = crypto::digest(crypto::HashKind::Sha256, issuer.issuer + '\n' + issuer.keys.value).substr(0, 8);
    return fmt::format("{}.keys-{}.json", resolve(config_, config_.store.file), hex_encode(id));
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
      target->connect_timeout = upstream.connect_timeout;
      target->idle_timeout = upstream.idle_timeout;
      target->max_idle = upstream.keepalive_connections;
      if (upstream.url.tls) {
        const std::string ca = upstream.tls.ca.empty() ? std::string() : resolve(config_, upstream.tls.ca);
        auto tls = make_client_context(ca, upstream.tls.verify);
        if (!tls) {
          faults_.push_back(fmt::format("upstream {}: {}", upstream.name, tls.error().message));
          continue;
        }
        target->tls = std::move(*tls);
        target->server_name = upstream.tls.server_name;
      }
      out_.upstreams.push_back(std::move(target));
    }
  }

  void make_tls() {
    if (config_.listen.tls) {
      auto context = make_server_context(resolve(config_, config_.listen.tls->certificate), resolve(config_, config_.listen.tls->key));
      if (!context) return fault(context.error());
      if (out_.listening.tls) out_.listener_tls = std::move(*context);
    } else if (out_.listening.tls) {
      out_.listener_tls = context_.previous->listener_tls;  // to speak TLS, or not to, takes a restart
    }
  }

  // What unknown users cost: the work that most users' hashes need (CVE-2026-41263).
  void make_decoy() {
    if (out_.stores.users == nullptr) return;
    crypto::DummyHashChooser chooser;
    if (password_hashes_.empty()) {
      const auto users = out_.stores.database->list_users();
      if (!users) return fault(users.error());
      for (const auto& user : *users) chooser.add(user.password_hash);
    } else {
      for (const Secret& hash : password_hashes_) chooser.add(hash);
    }
    decoys_.push_back(chooser.choose());
  }

  [[nodiscard]] auth::SessionSettings session_settings() const {
    const config::SessionSettings& session = *config_.accept.session;
    return {config::session_cookie(config_, out_.listening).name, session.idle, session.absolute};
  }

  void make_login() {
    auth::RouteSettings s;
    s.name = "/.quivive/login";
    s.realm = config_.realm;
    s.accept = {auth::Scheme::Session};
    s.session = session_settings();
    s.basic = {decoys_, context_.decoy_seed};
    auto policy = auth::RoutePolicy::compile(std::move(s));
    if (!policy) return fault(policy.error());
    const config::SessionSettings& settings = *config_.accept.session;
    LoginDesk desk;
    desk.route.index = out_.routes.size();
    desk.route.policy = std::make_shared<const auth::RoutePolicy>(std::move(*policy));
    desk.cookie = config::session_cookie(config_, out_.listening);
    if (!desk.cookie.secure) {
      out_.warnings.push_back(fmt::format(
          "sessions are in a cookie '{}' that http may carry too, since this is a loopback address without TLS; say accept.session.secure: always where a proxy ends TLS",
          desk.cookie.name));
    }
    desk.title = settings.title;
    if (!settings.logo.empty()) {
      const std::string file = resolve(config_, settings.logo);
      const auto bytes = read_whole_file(file, kMaxLogoBytes);
      if (!bytes) return fault(error("accept.session.logo: {}", bytes.error().message));
      auto logo = logo_data_uri(*bytes);
      if (!logo) return fault(error("accept.session.logo: {}: {}", file, logo.error().message));
      desk.logo = std::move(*logo);
    }
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
      const std::string at = place(config_, route.line);
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
            s.basic = {decoys_, context_.decoy_seed};
            break;
        }
      }
      s.require.scopes = terms_of(route.require.scope);
      s.require.roles = terms_of(route.require.role);
      for (const config::ClaimWanted& claim : route.require.claims) s.require.claims.push_back({claim.name, {{}, claim.values}});
      auto policy = auth::RoutePolicy::compile(std::move(s));
      if (!policy) {
        faults_.push_back(fmt::format("{}: route {}: {}", at, route.path, policy.error().message));
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
    if (!faults_.empty()) return;
    auto router = auth::Router::compile(std::move(entries));
    if (!router) return fault(router.error());
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
    if (!config_.identity.assertion || !faults_.empty()) return;
    if (context_.previous && context_.previous->assertion && context_.previous->config.realm == config_.realm) {
      out_.assertion = context_.previous->assertion;
      return;
    }
    auto assertion = IdentityAssertion::make(config_.realm);
    if (!assertion) return fault(assertion.error());
    out_.assertion = std::make_shared<const IdentityAssertion>(std::move(*assertion));
  }

  Deployment& out_;
  const config::Config& config_;
  const DeployContext& context_;
  std::vector<Secret> password_hashes_;
  std::vector<Secret> decoys_;
};

}  // namespace

void throw_exception_from_error(const DeployFaults& faults, const boost::source_location&) {
  throw std::logic_error("value() of a failed deployment: " + (faults.lines.empty() ? std::string() : faults.lines.front()));
}

Result<std::shared_ptr<const Deployment>, DeployFaults> deploy(config::Config config, const DeployContext& context) {
  auto out = std::make_shared<Deployment>();
  out->config = std::move(config);
  Deployer deployer(*out, context);
  deployer.run();
  if (!deployer.faults_.empty()) return DeployFaults{std::move(deployer.faults_)};
  return std::shared_ptr<const Deployment>(std::move(out));
}

}  // namespace quivive::gateway
