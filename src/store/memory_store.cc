#include "store/memory_store.h"

#include "store/copy_of.h"
#include "store/record_rules.h"

#include <algorithm>

namespace quivive::store {
namespace {

template <class Map>
auto values(const Map& map) -> std::vector<typename Map::mapped_type> {
  std::vector<typename Map::mapped_type> out;
  out.reserve(map.size());
  for (const auto& [name, value] : map) out.push_back(value);
  return out;
}

}  // namespace

Result<std::optional<UserRecord>> MemoryStore::find_user(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  return copy_of(users_, name);
}

Result<std::optional<UserRecord>> MemoryStore::find_user_by_hash(std::string_view user_hash) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, user] : users_) {  // they are few: no command reaches this store
    const auto has_it = [&](const DigestSecret& digest) { return digest.user_hash == user_hash; };
    if (std::any_of(user.digests.begin(), user.digests.end(), has_it)) return user;
  }
  return std::optional<UserRecord>{};
}

Result<std::size_t> MemoryStore::count_without_digest(std::string_view realm, crypto::HashKind hash) {
  const std::scoped_lock lock(mutex_);
  std::size_t out = 0;
  for (const auto& [name, user] : users_) {
    const auto fits = [&](const DigestSecret& digest) { return digest.realm == realm && digest.hash == hash; };
    if (!user.digests.empty() && std::none_of(user.digests.begin(), user.digests.end(), fits)) ++out;
  }
  return out;
}

Result<Change> MemoryStore::add_user(const UserRecord& user) {
  if (const auto ok = check_record(user); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const auto [added, is_new] = users_.emplace(user.name, user);
  if (!is_new) return Change::Exists;
  added->second.digests = in_order(user.digests);
  ++changes_;
  return Change::Done;
}

Result<Change> MemoryStore::set_password(std::string_view name, const Secret& hash, const std::vector<DigestSecret>& digests, Instant at) {
  if (const auto ok = check_digests(name, digests); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const auto user = users_.find(name);
  if (user == users_.end()) return Change::NotFound;
  user->second.password_hash = hash;
  user->second.digests = in_order(digests);
  user->second.changed = at;
  sessions_.end_all_of(name, at);
  ++changes_;
  return Change::Done;
}

Result<Change> MemoryStore::set_disabled(std::string_view name, bool disabled, Instant at) {
  const std::scoped_lock lock(mutex_);
  const auto user = users_.find(name);
  if (user == users_.end()) return Change::NotFound;
  if (user->second.disabled != disabled) {
    user->second.disabled = disabled;
    user->second.changed = at;
    ++changes_;
  }
  // Even of one who is disabled already: a sign-in may have been under way.
  if (disabled && sessions_.end_all_of(name, at) + oauth_.remove_all_of(name) > 0) ++changes_;
  return Change::Done;
}

Result<Change> MemoryStore::remove_user(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto user = users_.find(name);
  if (user == users_.end()) return Change::NotFound;
  users_.erase(user);
  if (const auto places = places_.find(name); places != places_.end()) places_.erase(places);
  sessions_.remove_all_of(name);
  oauth_.remove_all_of(name);
  ++changes_;
  return Change::Done;
}

Result<std::vector<UserRecord>> MemoryStore::list_users() {
  const std::scoped_lock lock(mutex_);
  return values(users_);
}

Result<std::vector<Secret>> MemoryStore::password_hashes() {
  const std::scoped_lock lock(mutex_);
  std::vector<Secret> out;
  for (const auto& [name, user] : users_) out.push_back(user.password_hash);
  return out;
}

Result<void> MemoryStore::note_place(std::string_view user, std::string_view place, Instant at) {
  const std::scoped_lock lock(mutex_);
  auto& places = places_[std::string(user)];
  Instant& noted = places[std::string(place)];
  noted = std::max(noted, at);
  if (places.size() <= kMostPlaces) return {};
  places.erase(std::min_element(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
  return {};
}

Result<bool> MemoryStore::knows_place(std::string_view user, std::string_view place, Instant since) {
  const std::scoped_lock lock(mutex_);
  const auto places = places_.find(user);
  if (places == places_.end()) return false;
  const auto noted = places->second.find(place);
  return noted != places->second.end() && noted->second >= since;
}

Result<std::optional<KeyRecord>> MemoryStore::find_key(std::string_view id) {
  const std::scoped_lock lock(mutex_);
  return copy_of(keys_, id);
}

Result<Change> MemoryStore::add_key(const KeyRecord& key) {
  if (const auto ok = check_record(key); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  if (!keys_.emplace(key.id, key).second) return Change::Exists;
  ++changes_;
  return Change::Done;
}

Result<Change> MemoryStore::revoke_key(std::string_view id, Instant at) {
  const std::scoped_lock lock(mutex_);
  const auto key = keys_.find(id);
  if (key == keys_.end()) return Change::NotFound;
  if (!key->second.revoked || at < *key->second.revoked) {
    key->second.revoked = at;
    key->second.rotated_to.clear();
    ++changes_;
  }
  return Change::Done;
}

Result<Change> MemoryStore::rotate_key(std::string_view id, const KeyRecord& next, Instant until) {
  if (const auto ok = check_record(next); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  const auto key = keys_.find(id);
  if (key == keys_.end() || key->second.revoked) return Change::NotFound;
  if (!keys_.emplace(next.id, next).second) return Change::Exists;
  key->second.revoked = until;
  key->second.rotated_to = next.id;
  ++changes_;
  return Change::Done;
}

Result<void> MemoryStore::touch_key(std::string_view id, Instant at) {
  const std::scoped_lock lock(mutex_);
  if (const auto key = keys_.find(id); key != keys_.end()) {
    auto& last_used = key->second.last_used;
    last_used = std::max(last_used.value_or(Instant::min()), to_minute(at));
  }
  return {};
}

Result<std::vector<KeyRecord>> MemoryStore::list_keys() {
  const std::scoped_lock lock(mutex_);
  auto keys = values(keys_);
  std::stable_sort(keys.begin(), keys.end(), [](const KeyRecord& a, const KeyRecord& b) { return a.created < b.created; });
  return keys;
}

Result<void> MemoryStore::add_revocation(const Revocation& revocation) {
  if (const auto ok = check_record(revocation); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  if (revoke(revocation)) ++changes_;
  return {};
}

bool MemoryStore::revoke(const Revocation& revocation) {
  const auto [at, added] = revocations_.try_emplace({revocation.issuer, revocation.kind, revocation.value}, revocation);
  const Revocation merged = wider(at->second, revocation);
  const bool changed = added || merged != at->second;
  at->second = merged;
  return changed;
}

Result<std::vector<Revocation>> MemoryStore::list_revocations() {
  const std::scoped_lock lock(mutex_);
  return values(revocations_);
}

Result<std::size_t> MemoryStore::forget_revocations(Instant now) {
  const std::scoped_lock lock(mutex_);
  const std::size_t forgotten = std::erase_if(revocations_, [&](const auto& entry) {
    const auto& forget = entry.second.forget;
    return forget && *forget <= now;
  });
  if (forgotten > 0) ++changes_;
  return forgotten;
}

Change MemoryStore::count(SessionTable::Outcome outcome) {
  if (outcome.ended) ++session_changes_;
  return outcome.change;
}

Result<Change> MemoryStore::begin_session(const SessionRecord& session, std::string_view replaces, std::size_t most) {
  if (const auto ok = check_record(session); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return count(sessions_.begin(session, replaces, most));
}

Result<std::optional<SessionRecord>> MemoryStore::find_session(std::string_view digest) {
  const std::scoped_lock lock(mutex_);
  return sessions_.find(digest);
}

Result<void> MemoryStore::touch_session(std::string_view digest, Instant at) {
  const std::scoped_lock lock(mutex_);
  sessions_.touch(digest, at);
  return {};
}

Result<Change> MemoryStore::end_session(std::string_view digest, Instant at) {
  const std::scoped_lock lock(mutex_);
  return count(sessions_.end(digest, at));
}

Result<Change> MemoryStore::revoke_session(std::string_view id, Instant at) {
  const std::scoped_lock lock(mutex_);
  return count(sessions_.end_by_id(id, at));
}

Result<std::size_t> MemoryStore::revoke_sessions_of(std::string_view user, Instant at) {
  const std::scoped_lock lock(mutex_);
  const std::size_t ended = sessions_.end_all_of(user, at);
  if (ended > 0) ++session_changes_;
  return ended;
}

Result<std::vector<SessionRecord>> MemoryStore::list_sessions() {
  const std::scoped_lock lock(mutex_);
  return sessions_.list();
}

Result<std::size_t> MemoryStore::forget_sessions(Instant expired_before, Instant seen_before) {
  const std::scoped_lock lock(mutex_);
  return sessions_.forget(expired_before, seen_before);
}

Result<std::uint64_t> MemoryStore::session_version() {
  const std::scoped_lock lock(mutex_);
  return session_changes_;
}

Result<Secret> MemoryStore::nonce_master(const Secret& proposal, Instant now) {
  if (const auto ok = check_nonce_master(proposal); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return nonces_.master(proposal, now);
}

Result<CountClaim> MemoryStore::claim_count(std::string_view nonce, Instant issued, std::uint32_t count) {
  if (const auto ok = check_nonce(nonce); !ok) return ok.error();
  const std::scoped_lock lock(mutex_);
  return nonces_.claim(nonce, issued, count);
}

Result<std::size_t> MemoryStore::forget_nonces(Instant issued_before, std::size_t most) {
  const std::scoped_lock lock(mutex_);
  return nonces_.forget(issued_before, most);
}

Result<std::uint64_t> MemoryStore::version() {
  const std::scoped_lock lock(mutex_);
  return changes_;
}

}  // namespace quivive::store
