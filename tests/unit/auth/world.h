#pragma once
// A small world with one issuer, some users and some keys, and a driver that answers every need from it.

#include "auth/api_key_format.h"
#include "auth/attempt.h"
#include "crypto/private_key.h"
#include "crypto/signature.h"
#include "http/request.h"
#include "jose/jwk_set.h"
#include "jose/jwt_signer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::auth {

inline constexpr Instant kNow = from_unix_seconds(1'800'000'000);
inline constexpr std::string_view kIssuer = "https://id.example.com";
inline constexpr std::string_view kAudience = "https://api.example.com";

inline constexpr std::string_view kPem1 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgckW4aag7sVtGxg8d\n"
    "Dwzi1lxsAM1MILDyofAmxSTIXa6hRANCAAQ5TyIjbvYtjBl4/HbsmxnWhZIproau\n"
    "YiDE8WRA37wuIEUC2hBdRssNMn7N5Xs02t5xgzEUxy9B4WsPgAO9IAVO\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr std::string_view kPem2 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIWZWwtIpxtF5X/dA\n"
    "lx1CJUmLOc1eR3IeQqGTDXVc7POhRANCAAQr6ErDb1my4m1gM611egoTnpe5tyEm\n"
    "ST71fdUM1AHJedTtxzouuf+yPuoO9siTOyzUvV6oQuXfA1b3zWP2GkNZ\n"
    "-----END PRIVATE KEY-----\n";

inline jose::KeySet key_set(std::initializer_list<std::pair<std::string_view, std::string_view>> pem_and_kid) {
  std::vector<jose::Jwk> keys;
  for (const auto& [pem, kid] : pem_and_kid) {
    keys.push_back(
        jose::Jwk::from_public_key(crypto::PrivateKey::from_pem(pem).value().public_key(), std::string(kid)));
  }
  return jose::KeySet::of(std::move(keys)).value();
}
inline std::shared_ptr<const jose::KeySet> shared_keys(
    std::initializer_list<std::pair<std::string_view, std::string_view>> pem_and_kid) {
  return std::make_shared<const jose::KeySet>(key_set(pem_and_kid));
}

// The claims of a good token; `extra` adds and replaces, a null takes away.
inline JsonObject claims(std::string_view extra = "{}") {
  const std::int64_t now = unix_seconds(kNow);
  JsonObject out{{"iss", kIssuer},  {"aud", kAudience}, {"sub", "alice"},       {"jti", "t-1"},
                 {"iat", now - 60}, {"exp", now + 600}, {"scope", "read write"}};
  const Json changes = parse_json(extra).value();
  for (const auto& member : changes.get_object()) {
    if (member.value().is_null()) {
      out.erase(member.key());
    } else {
      out[member.key()] = member.value();
    }
  }
  return out;
}
inline std::string sign(const JsonObject& claims, std::string_view kid = "k1", std::string_view pem = kPem1,
                        std::string_view typ = "JWT") {
  return jose::JwtSigner::make(crypto::PrivateKey::from_pem(pem).value(), jose::JwsAlgorithm::ES256, kid, typ)
      .value()
      .sign(claims)
      .value();
}
inline std::string token(std::string_view extra = "{}") { return sign(claims(extra)); }

inline std::shared_ptr<const IssuerPolicy> issuer_policy(std::string_view issuer = kIssuer, std::size_t slot = 0) {
  return std::make_shared<const IssuerPolicy>(IssuerPolicy{.jwt = jose::JwtPolicy::Builder(std::string(issuer))
                                                                      .accept_audience(std::string(kAudience))
                                                                      .allow_algorithm(jose::JwsAlgorithm::ES256)
                                                                      .build()
                                                                      .value(),
                                                           .key_slot = slot});
}

inline RouteSettings accepting(std::vector<Scheme> schemes) {
  static const std::shared_ptr<const IssuerPolicy> issuer = issuer_policy();
  RouteSettings settings;
  settings.name = "/";
  settings.realm = "api.example.com";
  settings.accept = std::move(schemes);
  settings.issuers = {issuer};
  settings.session = {"quivive", std::chrono::minutes(30), std::chrono::hours(12)};
  settings.digest.algorithms = {digest::DigestAlgorithm::Sha256, digest::DigestAlgorithm::Md5};
  return settings;
}
inline RoutePolicy policy(RouteSettings settings) { return RoutePolicy::compile(std::move(settings)).value(); }
inline RoutePolicy policy_accepting(std::vector<Scheme> schemes) { return policy(accepting(std::move(schemes))); }

// A request as text: "GET /path" and then "Name: value" lines.
class Request {
 public:
  explicit Request(std::string text) : text_(std::move(text)) {
    std::string_view rest = text_;
    const std::string_view first = take_line(rest);
    const std::size_t space = first.find(' ');
    view_.method = first.substr(0, space);
    view_.target = first.substr(space + 1);
    while (!rest.empty()) {
      const std::string_view line = take_line(rest);
      const std::size_t colon = line.find(':');
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      while (value.ends_with(' ')) value.remove_suffix(1);
      fields_.push_back({line.substr(0, colon), value, http::field_id(line.substr(0, colon))});
    }
    view_.fields = fields_;
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  [[nodiscard]] const http::RequestView& view() const { return view_; }

 private:
  static std::string_view take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
  }
  std::string text_;
  std::vector<http::Field> fields_;
  http::RequestView view_;
};

struct World {
  std::map<std::string, store::UserRecord> users;  // password_hash is "hash of " and the password
  std::map<std::string, store::KeyRecord> keys;
  std::map<std::string, store::SessionRecord> sessions;  // by digest
  std::shared_ptr<const jose::KeySet> fetched;  // what a refetch brings; null: unavailable
  Snapshot snapshot{.issuers = {{std::string(kIssuer), shared_keys({{kPem1, "k1"}})}},
                    .revocations = std::make_shared<const store::RevocationSet>(),
                    .store_epoch = 7,
                    .decoys = std::make_shared<const std::vector<crypto::DummyHash>>(std::vector<crypto::DummyHash>{{Secret("decoy")}})};
  bool store_down = false;
  std::optional<std::string> body = "";            // of the request; nothing: too large to be held
  PasswordOutcome force = PasswordOutcome::Match;  // unless Match, the answer to every NeedPassword
  std::vector<std::string> asked;                  // every need, as one word each
  Tools tools{Secret("a nonce master of 32 octets, more"), 7};
  digest::NonceCounts counts{std::chrono::minutes(5)};

  // A stored key; its text.
  std::string add_key(
      std::uint64_t seed, std::function<void(store::KeyRecord&)> change = [](store::KeyRecord&) {}) {
    FixedRandom random(seed);
    const NewApiKey made = generate_api_key(random);
    const std::string text(made.text.reveal(RevealSecret{}));
    store::KeyRecord record{.id = made.id,
                            .digest = api_key_digest(text),
                            .owner = "billing",
                            .scopes = {"read"},
                            .note = {},
                            .rotated_to = {}};
    change(record);
    keys.emplace(made.id, std::move(record));
    return text;
  }
  static std::string unstored_key(std::uint64_t seed) {
    FixedRandom random(seed);
    return std::string(generate_api_key(random).text.reveal(RevealSecret{}));
  }
  void add_user(std::string name, std::string_view password, bool disabled = false) {
    users[name] = {.name = name,
                   .password_hash = Secret("hash of " + std::string(password)),
                   .roles = {"staff"},
                   .disabled = disabled};
  }

  Answer resolve(const Need& need) {
    if (const auto* user = std::get_if<NeedUser>(&need)) {
      asked.emplace_back("user");
      if (store_down) return Unavailable{"the store is down", std::chrono::seconds{3}};
      const auto found = users.find(user->name);
      return FoundUser{found == users.end() ? std::nullopt : std::optional(found->second)};
    }
    if (const auto* password = std::get_if<NeedPassword>(&need)) {
      const std::string hash(password->hash.reveal(RevealSecret{}));
      asked.push_back("password against " + hash);
      if (force != PasswordOutcome::Match) return force;
      return hash == "hash of " + std::string(password->password.reveal(RevealSecret{})) ? PasswordOutcome::Match
                                                                                         : PasswordOutcome::Mismatch;
    }
    if (const auto* key = std::get_if<NeedKeyRecord>(&need)) {
      asked.emplace_back("key");
      if (store_down) return Unavailable{"the store is down", std::chrono::seconds{3}};
      const auto found = keys.find(key->id);
      return FoundKey{found == keys.end() ? std::nullopt : std::optional(found->second)};
    }
    if (const auto* hash = std::get_if<NeedBodyHash>(&need)) {
      asked.emplace_back("body");
      if (!body) return BodyTooLarge{};
      return BodyHash{tools.digests.body_hash(hash->hash, *body)};
    }
    if (const auto* user = std::get_if<NeedDigestUser>(&need)) {
      asked.emplace_back(user->hashed ? "digest user by hash" : "digest user");
      if (store_down) return Unavailable{"the store is down", std::chrono::seconds{3}};
      for (const auto& [name, record] : users) {
        const bool named = std::ranges::any_of(record.digests, [&](const auto& d) { return d.user_hash == user->name; });
        if (user->hashed ? named : name == user->name) return FoundDigestUser{record, {}};
      }
      return FoundDigestUser{};
    }
    if (const auto* count = std::get_if<NeedNonceCount>(&need)) {
      asked.emplace_back("count");
      return counts.claim(count->nonce, count->count, kNow);
    }
    if (const auto* session = std::get_if<NeedSession>(&need)) {
      asked.emplace_back("session");
      if (store_down) return Unavailable{"the store is down", std::chrono::seconds{3}};
      const auto found = sessions.find(session->digest);
      if (found == sessions.end()) return FoundSession{};
      const auto user = users.find(found->second.user);
      return FoundSession{found->second, user == users.end() ? std::nullopt : std::optional(user->second)};
    }
    const auto& wanted = std::get<NeedKeys>(need);
    constexpr std::string_view kWhy[] = {"never fetched", "unknown kid", "bad signature"};
    asked.push_back("keys: " + std::string(kWhy[static_cast<int>(wanted.why)]) + " " + wanted.kid);
    if (fetched == nullptr) return Unavailable{"the issuer is down", std::chrono::seconds{5}};
    return FoundKeySet{fetched};
  }

  Verdict decide(const RoutePolicy& policy, const Request& request, bool explain = false) {
    const FoundCredentials found = find_credentials(request.view(), policy);
    Attempt attempt(policy, found, std::make_shared<const Snapshot>(snapshot), tools, kNow, explain);
    Step step = attempt.advance();
    for (int needs = 0; const Need* need = std::get_if<Need>(&step); ++needs) {
      if (needs == 3) {
        ADD_FAILURE() << "more than three needs";
        return {};
      }
      step = attempt.advance(resolve(*need));
    }
    return std::get<Verdict>(std::move(step));
  }
  Verdict decide(const RoutePolicy& policy, std::string request) { return decide(policy, Request(std::move(request))); }
};

inline std::string with_token(std::string_view token) { return "GET /\nAuthorization: Bearer " + std::string(token); }

}  // namespace quivive::auth
