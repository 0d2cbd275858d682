#include "auth/schemes/api_key.h"

#include "auth/api_key_format.h"
#include "crypto/constant_time.h"

#include <algorithm>

namespace quivive::auth {

Finding ApiKeyCheck::start(const CheckContext&) {
  const auto key = parse_api_key(text_);
  if (!key) return refuse(Scheme::ApiKey, Reason::KeyMalformed, std::string(describe(key.error())));
  id_ = key->id;
  digest_ = api_key_digest(key->text);
  return Need{NeedKeyRecord{id_}};
}

Finding ApiKeyCheck::resume(const CheckContext& context, Answer answer) {
  if (auto* outage = std::get_if<Unavailable>(&answer)) return unavailable(Scheme::ApiKey, std::move(*outage));
  auto* found = std::get_if<FoundKey>(&answer);
  if (found == nullptr) return wrong_answer(Scheme::ApiKey);
  if (!found->key || found->key->id != id_)
    return refuse(Scheme::ApiKey, Reason::KeyUnknown, "no key with the id " + id_);
  store::KeyRecord& record = *found->key;
  // Told to the client as any unknown key: the id alone is public.
  if (!crypto::constant_time_equal(record.digest, digest_)) {
    return refuse(Scheme::ApiKey, Reason::KeyUnknown, "the key " + id_ + " has another secret");
  }
  if (record.revoked && context.now >= *record.revoked) {
    std::string detail = "the key " + id_ + " of " + record.owner + " was revoked";
    if (!record.rotated_to.empty()) detail += "; rotated to " + record.rotated_to;
    return refuse(Scheme::ApiKey, Reason::KeyRevoked, std::move(detail));
  }
  if (record.expires && context.now >= *record.expires) {
    return refuse(Scheme::ApiKey, Reason::KeyExpired, "the key " + id_ + " of " + record.owner + " expired");
  }
  const std::vector<std::string_view> scopes(record.scopes.begin(), record.scopes.end());
  const IdentityView identity{.scheme = Scheme::ApiKey,
                              .subject = record.owner,
                              .key_id = record.id,
                              .issued_at = record.created,
                              .scopes = scopes};
  Basis basis;
  basis.not_after = std::min(record.expires.value_or(Instant::max()), record.revoked.value_or(Instant::max()));
  basis.store_epoch = context.snapshot->store_epoch;
  return std::make_shared<const Principal>(Principal::Voucher{}, identity, std::move(basis));
}

}  // namespace quivive::auth
