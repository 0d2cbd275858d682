#include "store/oauth_table.h"

#include "store/copy_of.h"

#include <algorithm>
#include <tuple>

namespace quivive::store {

std::optional<ClientRecord> OAuthTable::find_client(std::string_view id) const { return copy_of(clients_, id); }

Change OAuthTable::add_client(const ClientRecord& client) { return clients_.emplace(client.id, client).second ? Change::Done : Change::Exists; }

OAuthTable::EndedClient OAuthTable::revoke_client(std::string_view id, Instant at) {
  EndedClient out;
  const auto client = clients_.find(id);
  if (client == clients_.end()) return out;
  out.change = Change::Done;
  auto& revoked = client->second.revoked;
  out.changed = !revoked || at < *revoked;
  if (out.changed) revoked = at;
  std::erase_if(codes_, [&](const auto& entry) { return entry.second.record.client == id; });
  std::erase_if(devices_, [&](const auto& entry) { return entry.second.client == id; });
  std::erase_if(user_codes_, [&](const auto& entry) { return !devices_.contains(entry.second); });
  for (auto family = families_.begin(); family != families_.end();) {
    family = family->second.owner.second == id ? drop_family(family, out.dropped) : std::next(family);
  }
  return out;
}

std::vector<ClientRecord> OAuthTable::list_clients() const {
  std::vector<ClientRecord> out;
  for (const auto& [id, client] : clients_) out.push_back(client);
  std::stable_sort(out.begin(), out.end(), [](const ClientRecord& a, const ClientRecord& b) { return a.created < b.created; });
  return out;
}

bool OAuthTable::is_revoked(std::string_view client) const {
  const auto known = clients_.find(client);
  return known != clients_.end() && known->second.revoked;
}

Change OAuthTable::add_code(const CodeRecord& code) {
  if (is_revoked(code.client)) return Change::NotFound;
  if (!codes_.emplace(code.digest, Code{.record = code}).second) return Change::Exists;
  std::size_t others = 0;
  auto oldest = codes_.end();
  for (auto one = codes_.begin(); one != codes_.end(); ++one) {
    const CodeRecord& record = one->second.record;
    if (record.user != code.user || record.client != code.client || record.digest == code.digest) continue;
    ++others;
    if (oldest == codes_.end() || std::tie(record.created, record.digest) < std::tie(oldest->second.record.created, oldest->first)) oldest = one;
  }
  if (others >= kMostCodes) codes_.erase(oldest);
  return Change::Done;
}

OAuthStore::TakenCode OAuthTable::take_code(std::string_view digest, std::string_view client) {
  const auto code = codes_.find(digest);
  if (code == codes_.end() || code->second.record.client != client) return {};
  const bool fresh = !std::exchange(code->second.used, true);
  return {.taken = fresh ? OAuthStore::Taken::Fresh : OAuthStore::Taken::Used, .code = code->second.record};
}

Change OAuthTable::add_device(const DeviceRecord& device) {
  if (is_revoked(device.client)) return Change::NotFound;
  if (devices_.contains(device.digest)) return Change::Exists;
  if (const auto taken = user_codes_.find(device.user_code); taken != user_codes_.end()) {
    const auto other = devices_.find(taken->second);
    if (other->second.expires > device.created) return Change::Exists;
    devices_.erase(other);
    user_codes_.erase(taken);
  }
  devices_.emplace(device.digest, device);
  user_codes_.emplace(device.user_code, device.digest);
  trim_devices(device);
  return Change::Done;
}

void OAuthTable::trim_devices(const DeviceRecord& newest) {
  if (devices_.size() <= kMostDevices) return;
  const auto rank = [&](const DeviceRecord& one) {
    return std::tuple(one.digest == newest.digest, one.expires > newest.created, one.state != DeviceState::Pending, one.created);
  };
  const auto first = std::min_element(devices_.begin(), devices_.end(), [&](const auto& a, const auto& b) { return rank(a.second) < rank(b.second); });
  user_codes_.erase(first->second.user_code);
  devices_.erase(first);
}

std::optional<DeviceRecord> OAuthTable::find_device(std::string_view user_code) const {
  const auto digest = user_codes_.find(user_code);
  if (digest == user_codes_.end()) return std::nullopt;
  return copy_of(devices_, digest->second);
}

Change OAuthTable::decide_device(std::string_view user_code, DeviceState state, std::string_view user, std::string_view password_tag, Instant signed_in) {
  const auto digest = user_codes_.find(user_code);
  if (digest == user_codes_.end()) return Change::NotFound;
  DeviceRecord& device = devices_.find(digest->second)->second;
  if (device.state != DeviceState::Pending) return Change::NotFound;
  device.state = state;
  if (state == DeviceState::Approved) {
    device.user = user;
    device.password_tag = password_tag;
    device.signed_in = signed_in;
  }
  return Change::Done;
}

std::optional<DeviceRecord> OAuthTable::poll_device(std::string_view digest, std::string_view client, Instant at) {
  const auto device = devices_.find(digest);
  if (device == devices_.end() || device->second.client != client) return std::nullopt;
  DeviceRecord before = device->second;
  device->second.polled = at;
  if (before.state == DeviceState::Approved) {
    user_codes_.erase(before.user_code);
    devices_.erase(device);
  }
  return before;
}

void OAuthTable::insert_token(Family& family, const RefreshRecord& token, Descent descent) {
  family.digests.insert(token.digest);
  tokens_.emplace(token.digest, Token{.record = token, .descent = std::move(descent)});
}

void OAuthTable::overtake_siblings(const Family& family, const Token& token) {
  for (const std::string& digest : family.digests) {
    Token& other = tokens_.find(digest)->second;
    if (&other != &token && other.descent.parent == token.descent.parent) other.descent.overtaken = true;
  }
}

OAuthTable::Families::iterator OAuthTable::drop_family(Families::iterator family, std::vector<RefreshRecord>& dropped) {
  for (const std::string& digest : family->second.digests) {
    const auto token = tokens_.find(digest);
    dropped.push_back(std::move(token->second.record));
    tokens_.erase(token);
  }
  return families_.erase(family);
}

Change OAuthTable::add_refresh(const RefreshRecord& token) {
  if (is_revoked(token.client)) return Change::NotFound;
  const auto ended = [&](const auto& entry) { return entry.second.ended && entry.second.record.family == token.family; };
  if (std::any_of(codes_.begin(), codes_.end(), ended)) return Change::NotFound;
  if (tokens_.contains(token.digest)) return Change::Exists;
  const Owner owner(token.user, token.client);
  const auto [added, is_new] = families_.try_emplace(token.family, Family{.owner = owner, .begun = token.created, .digests = {}});
  if (!is_new) return Change::Exists;
  insert_token(added->second, token, {});

  std::size_t others = 0;
  auto oldest = families_.end();
  for (auto one = families_.begin(); one != families_.end(); ++one) {
    if (one == added || one->second.owner != owner) continue;
    ++others;
    if (oldest == families_.end() || one->second.begun < oldest->second.begun) oldest = one;
  }
  std::vector<RefreshRecord> dropped;
  if (others >= kMostFamilies) drop_family(oldest, dropped);
  return Change::Done;
}

std::optional<RefreshRecord> OAuthTable::find_refresh(std::string_view digest) const {
  const auto token = tokens_.find(digest);
  if (token == tokens_.end()) return std::nullopt;
  return token->second.record;
}

Result<OAuthTable::Rotated> OAuthTable::rotate(std::string_view digest, const RefreshRecord& next, Duration grace) {
  const auto found = tokens_.find(digest);
  if (found == tokens_.end()) return Rotated{};
  Token& token = found->second;
  if (const auto ok = check_successor(token.record, next); !ok) return ok.error();
  if (tokens_.contains(next.digest)) return error("the digest of a new refresh token is taken");
  const auto family = families_.find(next.family);
  const bool late = token.record.used ? next.created - *token.record.used > grace || token.successors >= kMostSuccessors : token.descent.overtaken;
  if (late) {
    return Rotated{.rotation = OAuthStore::Rotation::Reused, .dropped = end_family(next.family)};
  }
  if (!trim_family(family->second, digest, next.created)) return Rotated{.rotation = OAuthStore::Rotation::TooOften, .dropped = end_family(next.family)};
  Descent descent = next_descent(token.record, token.descent, next.created, grace);
  if (!token.record.used && goes_on(token.record, token.descent, next.created, grace)) overtake_siblings(family->second, token);
  if (!token.record.used) token.record.used = next.created;
  ++token.successors;
  insert_token(family->second, next, std::move(descent));
  return Rotated{.rotation = OAuthStore::Rotation::Rotated, .dropped = {}};
}

bool OAuthTable::trim_family(Family& family, std::string_view rotated, Instant at) {
  if (family.digests.size() < kMostOfFamily) return true;
  const auto rank = [&](const std::string& digest) {
    const RefreshRecord& record = tokens_.find(digest)->second.record;
    return std::tuple(digest == rotated || access_lives(record, at), !record.used, record.created);
  };
  const auto first = std::min_element(family.digests.begin(), family.digests.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  if (std::get<0>(rank(*first))) return false;
  tokens_.erase(*first);
  family.digests.erase(first);
  return true;
}

std::vector<RefreshRecord> OAuthTable::end_family(std::string_view family) {
  for (auto& [digest, code] : codes_) {
    if (code.record.family == family) code.used = code.ended = true;
  }
  std::vector<RefreshRecord> dropped;
  if (const auto known = families_.find(family); known != families_.end()) drop_family(known, dropped);
  return dropped;
}

Result<Change> OAuthTable::claim_once(std::string_view id, std::string_view claimant, Instant expires, Instant now) {
  if (claimed_.contains(id)) return Change::Exists;
  auto& claims = claims_of_[std::string(claimant)];
  claims.erase(claims.begin(), claims.upper_bound(now));
  if (claims.size() >= kMostClaimed) return error("{} identifiers of one claimant have not expired: no more are taken", kMostClaimed);
  claims.insert(expires);
  claimed_.emplace(id, expires);
  return Change::Done;
}

Change OAuthTable::add_signing_key(const SigningKeyRecord& key, std::string_view newest) {
  if (newest != (signing_keys_.empty() ? std::string_view{} : std::string_view(signing_keys_.back().kid))) return Change::Exists;
  const auto taken = [&](const SigningKeyRecord& other) { return other.kid == key.kid; };
  if (std::any_of(signing_keys_.begin(), signing_keys_.end(), taken)) return Change::Exists;
  signing_keys_.push_back(key);
  return Change::Done;
}

Change OAuthTable::drop_signing_key(std::string_view kid) {
  const auto dropped = std::erase_if(signing_keys_, [&](const SigningKeyRecord& key) { return key.kid == kid; });
  return dropped > 0 ? Change::Done : Change::NotFound;
}

std::size_t OAuthTable::remove_all_of(std::string_view user) {
  std::size_t out = std::erase_if(codes_, [&](const auto& entry) { return entry.second.record.user == user; });
  out += std::erase_if(devices_, [&](const auto& entry) { return entry.second.user == user; });
  std::erase_if(user_codes_, [&](const auto& entry) { return !devices_.contains(entry.second); });
  std::vector<RefreshRecord> dropped;
  for (auto family = families_.begin(); family != families_.end();) {
    family = family->second.owner.first == user ? drop_family(family, dropped) : std::next(family);
  }
  return out + dropped.size();
}

std::size_t OAuthTable::forget(Instant expired_before, Instant claimed_before) {
  const auto over = [&](const auto& entry) { return entry.second.expires <= expired_before; };
  std::size_t out = std::erase_if(codes_, [&](const auto& entry) { return entry.second.record.expires <= expired_before; });
  out += std::erase_if(devices_, over);
  std::erase_if(user_codes_, [&](const auto& entry) { return !devices_.contains(entry.second); });
  out += std::erase_if(claimed_, [&](const auto& entry) { return entry.second <= claimed_before; });
  for (auto& [claimant, claims] : claims_of_) claims.erase(claims.begin(), claims.upper_bound(claimed_before));
  std::erase_if(claims_of_, [](const auto& entry) { return entry.second.empty(); });
  out += std::erase_if(tokens_, [&](const auto& entry) { return entry.second.record.expires <= expired_before; });
  for (auto family = families_.begin(); family != families_.end();) {
    std::erase_if(family->second.digests, [&](const std::string& digest) { return !tokens_.contains(digest); });
    family = family->second.digests.empty() ? families_.erase(family) : std::next(family);
  }
  return out;
}

}  // namespace quivive::store
