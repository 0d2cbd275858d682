#pragma once
// RoutePolicy: what one route accepts and requires, compiled from its settings. Immutable.

#include "auth/requirement.h"
#include "auth/scheme.h"
#include "base/result.h"
#include "base/clock.h"
#include "base/secret.h"
#include "digest/algorithm.h"
#include "digest/credentials.h"
#include "jose/jwt_policy.h"
#include "jose/raw_jwt.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::auth {

// One issuer whose tokens are accepted. Shared by the routes that name it; the object's identity is part of what a
// remembered outcome rests on, so a reload with other settings makes a new one.
struct IssuerPolicy {
  jose::JwtPolicy jwt;
  std::size_t key_slot = 0;               // index into Snapshot::issuers
  std::vector<std::string> scope_claims{};  // empty: `scope`, else `scp`; names or paths, the first that is there counts
  std::vector<std::string> role_claims{"roles"};  // names or paths; all that are there count
  std::string subject_claim = "sub";
  // Names or paths of the claims that requirements of the routes look at: kept of every token, the others are not. A claim
  // that a route requires and that is missing here costs a verification on each request that comes from another route.
  std::vector<std::string> kept_claims{};

  [[nodiscard]] const std::string& issuer() const { return jwt.issuer(); }
};

struct ApiKeySettings {
  std::string header = "X-API-Key";  // "" for none
  std::string query;                 // name of the parameter; "" for none, since a URL ends in logs
  bool authorization = true;         // `Authorization: ApiKey k`
};

struct BasicSettings {
  std::uint64_t decoy_seed = 0;  // random once a process: nobody can tell which decoy (Snapshot) a name gets
};

struct DigestSettings {
  std::vector<digest::DigestAlgorithm> algorithms;  // one challenge each, in this order
  bool userhash = false;
  Duration nonce_lifetime = std::chrono::minutes(5);
  std::vector<std::string> domain{};  // URIs; empty for the whole origin
  std::string opaque{};               // "" for none; clients return it, and nothing depends on it
  std::vector<digest::Qop> qop{digest::Qop::Auth};  // what challenges offer, in this order; nothing else is taken
};

struct SessionSettings {
  std::string cookie;   // its name
  Duration idle{};      // ends when it is not used for so long
  Duration absolute{};  // ends so long after the login, whatever happens
};

struct RouteSettings {
  std::string name;  // for `explain`: the path, and where it was configured
  std::string realm;
  bool is_public = false;
  bool observe = false;        // decide and record, never reject: the caller's business
  std::vector<Scheme> accept;  // any order
  std::vector<std::shared_ptr<const IssuerPolicy>> issuers;
  std::size_t token_bytes = jose::kMaxTokenSize;  // longest bearer token
  ApiKeySettings api_key;
  BasicSettings basic;
  DigestSettings digest;
  SessionSettings session;
  Requirement require;
  bool challenge_on_forbidden = false;  // a 403 for a token's scope carries RFC 6750's challenge
};

// A WWW-Authenticate value, but for the nonce of Digest: that comes at `nonce_at`, which is npos for the others.
struct PreparedChallenge {
  Scheme scheme;
  std::string text;
  std::size_t nonce_at = std::string::npos;
};

class RoutePolicy {
 public:
  // An Error, naming every fault: neither public nor accepting anything, or both; a public route with requirements; a
  // scheme twice; bearer without issuers, or with two of one name; api_key without a place to look, or in a header whose
  // name is no token or taken (Authorization, Cookie, Host …); digest without an algorithm or qop; session without a cookie or with no time to live; a realm with
  // control characters.
  [[nodiscard]] static Result<RoutePolicy> compile(RouteSettings settings);

  [[nodiscard]] const RouteSettings& settings() const { return settings_; }
  [[nodiscard]] const std::string& name() const { return settings_.name; }
  [[nodiscard]] const std::string& realm() const { return settings_.realm; }
  [[nodiscard]] bool is_public() const { return settings_.is_public; }
  [[nodiscard]] bool observe() const { return settings_.observe; }
  [[nodiscard]] const Requirement& requirement() const { return settings_.require; }

  [[nodiscard]] bool accepts(Scheme scheme) const { return (accepted_ >> static_cast<unsigned>(scheme) & 1U) != 0; }
  [[nodiscard]] bool accepts_only(Scheme scheme) const { return accepted_ == 1U << static_cast<unsigned>(scheme); }
  // In the order of challenges.
  [[nodiscard]] std::span<const Scheme> accepted() const { return accepted_list_; }
  // The route's issuer of exactly that name, or nullptr.
  [[nodiscard]] const std::shared_ptr<const IssuerPolicy>* find_issuer(std::string_view issuer) const;

  // WWW-Authenticate values for a request that had no credentials: one for each accepted scheme, or each algorithm of Digest,
  // strongest first.
  [[nodiscard]] std::span<const PreparedChallenge> challenges() const { return challenges_; }

 private:
  RoutePolicy() = default;
  RouteSettings settings_;
  unsigned accepted_ = 0;  // one bit a scheme
  std::vector<Scheme> accepted_list_;
  std::vector<PreparedChallenge> challenges_;
};

}  // namespace quivive::auth
