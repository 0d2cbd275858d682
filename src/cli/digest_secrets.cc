#include "cli/digest_secrets.h"

#include "base/text.h"
#include "cli/show.h"
#include "digest/response.h"

#include <algorithm>

namespace quivive::cli {
namespace {

template <class Value>
void add_once(std::vector<Value>& values, const Value& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

// A realm as a configuration takes one.
bool is_realm(std::string_view text) { return !text.empty() && is_valid_utf8(text) && !has_control(text); }

std::vector<std::string> realms_of(const config::Config& config) {
  std::vector<std::string> out = {config.realm};
  for (const config::Route& route : config.routes) {
    const bool takes_digest = std::find(route.accept.begin(), route.accept.end(), config::Scheme::Digest) != route.accept.end();
    if (takes_digest) add_once(out, route.realm);
  }
  return out;
}

// `-sess` starts from the same secret, so that it needs none of its own.
std::vector<crypto::HashKind> hashes_of(const std::optional<config::DigestSettings>& settings) {
  if (!settings) return {crypto::HashKind::Sha256};
  std::vector<crypto::HashKind> out;
  for (const digest::DigestAlgorithm algorithm : settings->algorithms) add_once(out, digest::info(algorithm).hash);
  return out;
}

}  // namespace

void add_digest_options(Options& options, DigestWish& wish) {
  options.app().add_flag("--digest", wish.wanted, "also keeps what Digest needs, for the realms and algorithms of the configuration");
  options.app().add_option("--realm", wish.realms, "with --digest: this realm instead; repeat for more")->type_name("REALM")->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Result<std::vector<DigestScope>, Failure> digest_scopes(const DigestWish& wish, const std::optional<config::Config>& config) {
  if (!wish.wanted && !wish.realms.empty()) return Failure{kWrong, "--realm is for Digest only: add --digest"};
  if (!wish.wanted) return std::vector<DigestScope>{};
  if (!std::all_of(wish.realms.begin(), wish.realms.end(), is_realm)) {
    return Failure{kWrong, "--realm takes one realm: UTF-8 text without control characters, not empty; repeat it for more"};
  }
  if (wish.realms.empty() && !config) {
    return Failure{kWrong, "--digest needs a realm, and no configuration is read that names one: give --realm, as the gateway's challenges have it"};
  }
  if (wish.realms.empty() && !config->accept.digest) {
    return Failure{kWrong, fmt::format("{} does not accept Digest, so that its realm is unsure: add accept.digest to it, or give --realm", printable(config->file))};
  }
  std::vector<std::string> realms;
  for (const std::string& realm : wish.realms.empty() ? realms_of(*config) : wish.realms) add_once(realms, realm);
  std::vector<DigestScope> out;
  for (const std::string& realm : realms) {
    for (const crypto::HashKind hash : hashes_of(config ? config->accept.digest : std::nullopt)) out.push_back({realm, hash});
  }
  return out;
}

std::vector<DigestScope> digest_scopes(const std::vector<store::DigestSecret>& digests, const std::optional<config::Config>& config) {
  const bool accepts = config && config->accept.digest;
  const std::vector<std::string> own = accepts ? realms_of(*config) : std::vector<std::string>{};
  std::vector<DigestScope> out;
  for (const store::DigestSecret& digest : digests) {
    if (std::find(own.begin(), own.end(), digest.realm) == own.end()) {
      add_once(out, DigestScope{digest.realm, digest.hash});
      continue;
    }
    for (const crypto::HashKind hash : hashes_of(config->accept.digest)) add_once(out, DigestScope{digest.realm, hash});
  }
  return out;
}

std::string dropped_algorithms(const std::vector<store::DigestSecret>& before, const std::vector<store::DigestSecret>& after) {
  std::vector<std::string_view> names;
  for (const store::DigestSecret& old : before) {
    const bool kept = std::any_of(after.begin(), after.end(), [&](const auto& one) { return one.hash == old.hash; });
    if (!kept) add_once(names, digest::name_of(old.hash));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<std::vector<store::DigestSecret>, Failure> digest_secrets(const std::vector<DigestScope>& scopes, std::string_view name,
                                                                 const Secret& password) {
  digest::DigestHasher hasher;
  std::vector<store::DigestSecret> out;
  for (const DigestScope& scope : scopes) {
    if (!crypto::hash_available(scope.hash)) {
      return Failure{kFailed, fmt::format("the OpenSSL of this machine does not offer {}: take it out of accept.digest.algorithms", digest::name_of(scope.hash))};
    }
    out.push_back({.realm = scope.realm,
                   .hash = scope.hash,
                   .secret = Secret{hasher.secret(scope.hash, name, scope.realm, password.reveal(RevealSecret{})).str()},
                   .user_hash = hasher.user_hash(scope.hash, name, scope.realm).str()});
  }
  return out;
}

std::string show_realms(const std::vector<store::DigestSecret>& digests) {
  std::vector<std::string> realms;
  for (const store::DigestSecret& digest : digests) add_once(realms, printable(digest.realm));
  return realms.empty() ? "-" : fmt::format("{}", fmt::join(realms, ", "));
}

}  // namespace quivive::cli
