#include "issuer/client_assertion.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "crypto/signature.h"
#include "jose/verify_jwt.h"

#include <fmt/format.h>

namespace quivive::issuer {
namespace {

constexpr Duration kAssertionLeeway = std::chrono::seconds(30);

// Threat: strangers who find out which clients there are.
Refusal unproven(std::string_view why) { return {OAuthError::InvalidClient, std::string(kUnproven), fmt::format("the client assertion {}", why)}; }
Refusal invalid(std::string_view why) { return {OAuthError::InvalidClient, fmt::format("the client assertion {}", why)}; }

Result<jose::JwtPolicy> policy_for(const Settings& settings, const store::ClientRecord& client) {
  jose::JwtPolicy::Builder builder(client.id);
  builder.accept_audience(settings.url).accept_audience(settings.url + std::string(kTokenPath)).require_claim("jti").require_claim("sub");
  for (const auto algorithm : kAssertionAlgorithms) builder.allow_algorithm(algorithm);
  return builder.leeway(kAssertionLeeway).build();
}

}  // namespace

std::optional<std::string> assertion_issuer(std::string_view assertion) {
  const auto raw = jose::RawJwt::parse(assertion);
  if (!raw || raw->unverified_issuer().empty()) return std::nullopt;
  return std::string(raw->unverified_issuer());
}

std::optional<Refusal> check_assertion(store::OAuthStore& store, const Settings& settings, const store::ClientRecord& client, std::string_view assertion,
                                       Instant now) {
  const auto raw = jose::RawJwt::parse(assertion);
  if (!raw) return unproven("cannot be read");
  const auto policy = policy_for(settings, client);
  const auto keys = jose::KeySet::parse(client.jwks);
  if (!policy || !keys) return broken("the client's keys in the store cannot be used");
  const auto key = jose::select_key(*raw, *policy, *keys);
  if (!key) return unproven("is signed by a key or an algorithm that is not the client's");
  crypto::SignatureVerifier verifier;
  const auto verified = jose::verify(*raw, **key, *policy, now, verifier);
  if (!verified) return unproven("does not hold: its signature, its audience or its times are wrong");
  if (verified->subject() != std::optional<std::string_view>(client.id)) return invalid("has another sub than iss");
  const Instant expires = verified->expires().value_or(Instant::max());
  if (expires - kMostAssertionLifetime - kAssertionLeeway > now) return invalid("is valid for too long: ten minutes at most");
  if (verified->id().value_or("").empty()) return invalid("has an empty jti");
  // Threat: an assertion that was read on the way, or in a log, and is sent again.
  const std::string id = "jti:" + hex_encode(crypto::sha256(client.id + '\n' + std::string(verified->id().value_or(""))).view());
  const auto claimed = store.claim_once(id, client.id, expires + std::chrono::minutes(1), now);
  if (!claimed) return store_failed();
  if (*claimed != store::Change::Done) return invalid("was used before");
  return std::nullopt;
}

}  // namespace quivive::issuer
