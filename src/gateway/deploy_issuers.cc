#include "gateway/deploy_issuers.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "crypto/system_random.h"
#include "gateway/whole_file.h"
#include "jose/jwk.h"

#include <algorithm>

namespace quivive::gateway {
namespace {

constexpr std::size_t kMaxKeyFile = 256 * 1024;

// Unless the slot has the same already.
void fix_keys(Deployment& out, const DeployContext& context, std::size_t slot, std::shared_ptr<const jose::KeySet> keys) {
  const auto current = context.board.keys(slot);
  if (!current || current->fingerprint() != keys->fingerprint()) out.fixed_keys.push_back({slot, std::move(keys)});
}

class IssuerDeployer {
 public:
  IssuerDeployer(Deployment& out, const DeployContext& context, config::Report& faults)
      : out_(out), config_(out.config), context_(context), faults_(faults) {}

  void run() {
    if (config_.issuer && !faults_.failed()) make_token_service();
    if (config_.accept.bearer) make_issuers();
  }

 private:
  void fault(std::string setting, const Error& e) { faults_.add(config::fault_of(config_, std::move(setting), e.message)); }

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
  }

  void make_issuers() {
    const Deployment* previous = context_.previous.get();
    const std::vector<std::string> kept_claims = required_claims();
    for (const config::Issuer& issuer : config_.accept.bearer->issuers) {
      const auto index = static_cast<std::size_t>(&issuer - config_.accept.bearer->issuers.data());
      const std::string setting = fmt::format("accept.bearer.issuers[{}]", index);
      auto jwt = policy_of(issuer);
      if (!jwt) {
        fault(setting, jwt.error());
        continue;
      }
      std::size_t slot = 0;
      if (issuer.keys.kind == config::KeySource::Kind::Own) {
        out_.issuer_slot = slot = slot_of_fixed(issuer);  // the keys come with begin_token_service()
      } else if (issuer.keys.kind == config::KeySource::Kind::Url || issuer.keys.kind == config::KeySource::Kind::Discover) {
        KeyLocation location;
        location.issuer = issuer.issuer;
        location.url = issuer.keys.value;
        location.timing.refresh = issuer.refresh;
        location.timing.max_stale = issuer.max_stale;
        location.cache_file = cache_file(issuer);
        slot = context_.key_sets.slot_for(location);
        out_.fetched_keys.push_back({slot, std::move(location)});
      } else {
        auto keys = fixed_keys(issuer);
        if (keys) {
          if (const auto fits = jwt->check_keys(*keys); !fits) keys = fits.error();
        }
        if (!keys) {
          fault(setting + (issuer.keys.kind == config::KeySource::Kind::SecretFile ? ".secret_file" : ".keys"), keys.error());
          continue;
        }
        slot = slot_of_fixed(issuer);
        fix_keys(out_, context_, slot, std::make_shared<const jose::KeySet>(std::move(*keys)));
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

  std::size_t slot_of_fixed(const config::Issuer& issuer) {
    const Deployment* previous = context_.previous.get();
    if (previous != nullptr && previous->config.accept.bearer) {
      const auto& before = previous->config.accept.bearer->issuers;
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i].issuer != issuer.issuer || before[i].keys != issuer.keys) continue;
        return previous->issuers[i]->key_slot;
      }
    }
    return context_.board.add_slot(issuer.issuer);
  }

  // Beside the store, so that a restart during an outage of the issuer still verifies.
  [[nodiscard]] std::string cache_file(const config::Issuer& issuer) const {
    if (config_.store.kind != config::StoreLocation::Kind::Sqlite) return {};
    const std::string id = crypto::digest(crypto::HashKind::Sha256, issuer.issuer + '\n' + issuer.keys.value).substr(0, 8);
    return fmt::format("{}.keys-{}.json", resolve(config_, config_.store.file), hex_encode(id));
  }

  Deployment& out_;
  const config::Config& config_;
  const DeployContext& context_;
  config::Report& faults_;
};

}  // namespace

void deploy_issuers(Deployment& out, const DeployContext& context, config::Report& faults) { IssuerDeployer(out, context, faults).run(); }

void begin_token_service(Deployment& out, const DeployContext& context, config::Report& faults) {
  if (const auto tended = out.issuer->tend(context.now); !tended) return faults.add(config::fault_of(out.config, "issuer", tended.error().message));
  if (out.issuer_slot) fix_keys(out, context, *out.issuer_slot, out.issuer->keys()->keys());
}

}  // namespace quivive::gateway
