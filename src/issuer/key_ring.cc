#include "issuer/key_ring.h"

#include "crypto/digest.h"
#include "crypto/private_key.h"

#include <algorithm>
#include <span>

namespace quivive::issuer {
namespace {

using store::SigningKeyRecord;

constexpr Duration kMostLead = std::chrono::hours(1);
// Clocks differ, and a verifier may take that into account.
constexpr Duration kAfterlife = std::chrono::minutes(10);

crypto::KeyKind kind_for(jose::JwsAlgorithm algorithm) {
  if (algorithm == jose::JwsAlgorithm::EdDSA) return crypto::KeyKind::Ed25519;
  return algorithm == jose::JwsAlgorithm::RS256 ? crypto::KeyKind::Rsa : crypto::KeyKind::EcP256;
}

Result<SigningKeyRecord> make_key(jose::JwsAlgorithm algorithm, Instant now, Instant active) {
  const auto key = crypto::PrivateKey::generate(kind_for(algorithm));
  if (!key) return key.error();
  SigningKeyRecord record;
  record.kid = jose::Jwk::from_public_key(key->public_key()).thumbprint();
  record.algorithm = jose::name_of(algorithm);
  record.private_key = key->to_pem();
  record.created = now;
  record.active = active;
  return record;
}

// Its last token has expired: a later key of its algorithm signs for long enough; or nobody replaced it when it was time, since no
// configuration names its algorithm any more, and a later key of another one signs for as long. Threat: a rotation that was shortened
// in the same edit, and with which the only key that is active would go, and every token with it.
bool is_over(const SigningKeyRecord& key, std::span<const SigningKeyRecord> later, const Settings& settings, Instant now) {
  const Duration memory = kLongestAccessToken + kAfterlife;
  const bool unnamed = key.algorithm != jose::name_of(settings.algorithm) && key.active + settings.key_rotation + memory <= now;
  const auto follows = [&](const SigningKeyRecord& other) { return (unnamed || other.algorithm == key.algorithm) && other.active + memory <= now; };
  return std::ranges::any_of(later, follows);
}

}  // namespace

KeyRing::KeyRing(std::vector<Key> all, jose::KeySet keys)
    : all_(std::move(all)), keys_(std::make_shared<const jose::KeySet>(std::move(keys))), jwks_(jose::to_document(*keys_)) {}

Result<KeyRing> KeyRing::of(const std::vector<SigningKeyRecord>& records) {
  std::vector<Key> all;
  std::vector<jose::Jwk> published;
  for (const SigningKeyRecord& record : records) {
    const auto algorithm = jose::parse_algorithm(record.algorithm);
    auto key = crypto::PrivateKey::from_pem(record.private_key.reveal(RevealSecret{}));
    if (!algorithm || !key) return error("the signing key {} in the store cannot be used", record.kid);
    auto access = jose::JwtSigner::make(*key, *algorithm, record.kid, "at+jwt");
    auto plain = jose::JwtSigner::make(*key, *algorithm, record.kid, "JWT");
    if (!access || !plain) return error("the signing key {} in the store does not fit {}", record.kid, record.algorithm);
    published.push_back(jose::Jwk::from_public_key(key->public_key(), record.kid, *algorithm));
    all.push_back({record.kid, *algorithm, record.active, std::move(*access), std::move(*plain),
                   Secret(crypto::hmac(crypto::HashKind::Sha256, record.private_key.reveal(RevealSecret{}), "quivive: asked to sign in"))});
  }
  auto keys = jose::KeySet::of(std::move(published));
  if (!keys) return keys.error();
  return KeyRing(std::move(all), std::move(*keys));
}

const KeyRing::Key& KeyRing::signing(jose::JwsAlgorithm algorithm, Instant now) const {
  const auto wanted = std::find_if(all_.rbegin(), all_.rend(), [&](const Key& key) { return key.active <= now && key.algorithm == algorithm; });
  if (wanted != all_.rend()) return *wanted;
  const auto active = std::find_if(all_.rbegin(), all_.rend(), [&](const Key& key) { return key.active <= now; });
  return active == all_.rend() ? all_.front() : *active;
}

Result<void> tend_keys(store::OAuthStore& store, const Settings& settings, Instant now) {
  const auto listed = store.list_signing_keys();
  if (!listed) return listed.error();
  const std::span<const SigningKeyRecord> keys = *listed;
  const auto newest = std::find_if(keys.rbegin(), keys.rend(), [&](const SigningKeyRecord& key) { return key.algorithm == jose::name_of(settings.algorithm); });
  // One from the future was made while a clock was wrong, and would stay for ever.
  const bool due = newest == keys.rend() || newest->created + settings.key_rotation <= now || newest->created > now + kMostLead;
  if (due) {
    const Duration lead = keys.empty() ? Duration{0} : std::min(kMostLead, settings.key_rotation / 4);
    const auto key = make_key(settings.algorithm, now, now + lead);
    if (!key) return key.error();
    // Exists: another process was faster, and its key will do.
    const auto added = store.add_signing_key(*key, keys.empty() ? std::string_view{} : std::string_view(keys.back().kid));
    if (!added) return added.error();
    return {};
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!is_over(keys[i], keys.subspan(i + 1), settings, now)) continue;
    const auto dropped = store.drop_signing_key(keys[i].kid);
    if (!dropped) return dropped.error();
  }
  return {};
}

}  // namespace quivive::issuer
