// MemoryStore's OAuthStore.

#include "store/memory_store.h"
#include "store/oauth_rules.h"

namespace quivive::store {

bool MemoryStore::revoke_access(const std::vector<RefreshRecord>& tokens, std::string_view issuer, Instant at) {
  bool changed = false;
  for (const RefreshRecord& token : tokens) {
    if (const auto revocation = revocation_of_access(token, issuer, at)) changed |= revoke(*revocation);
  }
  return changed;
}

Result<std::optional<ClientRecord>> MemoryStore::find_client(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  return oauth_.find_client(id);
}

Result<Change> MemoryStore::add_client(const ClientRecord& client) {
  if (const auto ok = check_record(client); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const Change added = oauth_.add_client(client);
  if (added == Change::Done) ++changes_;
  return added;
}

Result<Change> MemoryStore::revoke_client(std::string_view id, std::string_view issuer, Instant at) {
  if (const auto ok = check_issuer(issuer); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const auto ended = oauth_.revoke_client(id, at);
  if (ended.change != Change::Done) return ended.change;
  bool changed = ended.changed;
  changed |= revoke_access(ended.dropped, issuer, at);
  changed |= revoke(revocation_of_client(id, issuer, at));
  if (changed) ++changes_;
  return Change::Done;
}

Result<std::vector<ClientRecord>> MemoryStore::list_clients() {
  const std::scoped_lock lock(mutex_);
  return oauth_.list_clients();
}

Result<Change> MemoryStore::add_code(const CodeRecord& code) {
  if (const auto ok = check_record(code); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return oauth_.add_code(code);
}

Result<OAuthStore::TakenCode> MemoryStore::take_code(std::string_view digest, std::string_view client) {
  const std::scoped_lock lock(mutex_);
  return oauth_.take_code(digest, client);
}

Result<Change> MemoryStore::add_device(const DeviceRecord& device) {
  if (const auto ok = check_record(device); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return oauth_.add_device(device);
}

Result<std::optional<DeviceRecord>> MemoryStore::find_device(std::string_view user_code) {
  const std::scoped_lock lock(mutex_);
  return oauth_.find_device(user_code);
}

Result<Change> MemoryStore::decide_device(std::string_view user_code, DeviceState state, std::string_view user, std::string_view password_tag,
                                          Instant signed_in) {
  if (const auto ok = check_decision(state, user, password_tag); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return oauth_.decide_device(user_code, state, user, password_tag, signed_in);
}

Result<std::optional<DeviceRecord>> MemoryStore::poll_device(std::string_view digest, std::string_view client, Instant at) {
  const std::scoped_lock lock(mutex_);
  return oauth_.poll_device(digest, client, at);
}

Result<Change> MemoryStore::add_refresh(const RefreshRecord& token) {
  if (const auto ok = check_record(token); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return oauth_.add_refresh(token);
}

Result<std::optional<RefreshRecord>> MemoryStore::find_refresh(std::string_view digest) {
  const std::scoped_lock lock(mutex_);
  return oauth_.find_refresh(digest);
}

Result<OAuthStore::Rotation> MemoryStore::rotate_refresh(std::string_view digest, const RefreshRecord& next, Duration grace, std::string_view issuer) {
  if (const auto ok = check_record(next); !ok) return ok.error();
  if (const auto ok = check_issuer(issuer); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const auto rotated = oauth_.rotate(digest, next, grace);
  if (!rotated) return rotated.error();
  if (revoke_access(rotated->dropped, issuer, next.created)) ++changes_;
  return rotated->rotation;
}

Result<std::size_t> MemoryStore::revoke_family(std::string_view family, std::string_view issuer, Instant at) {
  if (const auto ok = check_issuer(issuer); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const auto dropped = oauth_.end_family(family);
  if (revoke_access(dropped, issuer, at)) ++changes_;
  return dropped.size();
}

Result<Change> MemoryStore::claim_once(std::string_view id, std::string_view claimant, Instant expires, Instant now) {
  if (const auto ok = check_claimed_id(id); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return oauth_.claim_once(id, claimant, expires, now);
}

Result<Change> MemoryStore::add_signing_key(const SigningKeyRecord& key, std::string_view newest) {
  if (const auto ok = check_record(key); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const Change added = oauth_.add_signing_key(key, newest);
  if (added == Change::Done) ++changes_;
  return added;
}

Result<std::vector<SigningKeyRecord>> MemoryStore::list_signing_keys() {
  const std::scoped_lock lock(mutex_);
  return oauth_.signing_keys();
}

Result<Change> MemoryStore::drop_signing_key(std::string_view kid) {
  const std::scoped_lock lock(mutex_);
  const Change dropped = oauth_.drop_signing_key(kid);
  if (dropped == Change::Done) ++changes_;
  return dropped;
}

Result<std::size_t> MemoryStore::forget_oauth(Instant expired_before, Instant claimed_before) {
  const std::scoped_lock lock(mutex_);
  return oauth_.forget(expired_before, claimed_before);
}

}  // namespace quivive::store
