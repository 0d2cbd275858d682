#include "gateway/store_watch.h"

#include <utility>

namespace quivive::gateway {

void StoreWatch::look(const StoreSet& stores, Instant now) {
  const auto database = stores.database->version();
  const auto users = stores.users->version();
  // Threat: a password file that cannot be read would keep revoked tokens and sessions alive, if one source waited for another.
  const auto sessions = look_at_sessions(*stores.database);
  const bool up = database && sessions;
  if (up != board_.store_up.exchange(up)) {
    if (up) {
      notice_("info", "the store answers again");
    } else {
      notice_("error", "the store cannot be used: " + (!database ? database.error() : sessions.error()).message);
    }
  }
  // A password file answers from what was read last, so nothing else need stop.
  if (!stores.users_apart()) {
    users_up_ = true;
  } else if (users.has_value() != std::exchange(users_up_, users.has_value())) {
    if (users) {
      notice_("info", "the password file can be read again");
    } else {
      notice_("error", "the password file cannot be used, and what it said before stays in force: " + users.error().message);
    }
  }
  const bool published = read_database(stores, database, now);
  if (!users) return;
  read_decoys(stores, *users, now);
  if (seen_users_ == stores.users.get() && *users == users_version_) return;
  seen_users_ = stores.users.get();
  users_version_ = *users;
  if (!published) board_.users_changed();
}

// Under one lock from the number to what is published. Otherwise whoever comes second could find the number noted, and nothing published yet.
Result<void> StoreWatch::look_at_sessions(store::Store& database) {
  const std::lock_guard lock(session_mutex_);
  const auto version = database.session_version();
  if (!version) return version.error();
  if (*version != std::exchange(session_version_, *version)) board_.sessions_ended();
  return {};
}

void StoreWatch::sessions_changed(store::Store& database) {
  if (!look_at_sessions(database)) board_.sessions_ended();  // whether one did is not known then
}

// Threat: an unknown user who costs what none of the users of now do (CVE-2026-41263).
void StoreWatch::read_decoys(const StoreSet& stores, std::uint64_t version, Instant now) {
  if (decoys_of_ == stores.users.get()) {
    const bool lately = now >= decoys_read_ && now - decoys_read_ < kDecoyPause;
    if (version == decoys_version_ || lately) return;
  }
  const auto hashes = stores.users->password_hashes();
  if (!hashes) return;  // the next look tries again
  crypto::DummyHashes dummies;
  for (const Secret& hash : *hashes) dummies.add(hash);
  board_.set_decoys(std::make_shared<const std::vector<crypto::DummyHash>>(dummies.all()));
  decoys_of_ = stores.users.get();
  decoys_version_ = version;
  decoys_read_ = now;
}

bool StoreWatch::read_database(const StoreSet& stores, const Result<std::uint64_t>& version, Instant now) {
  const bool same = version && seen_ == stores.database.get() && *version == database_version_;
  if (same) database_read_ = now;
  if (same) return false;
  if (version) {
    (void)stores.database->forget_revocations(now);  // of tokens that have expired since; what stays is no error
    if (const auto revocations = stores.database->list_revocations()) {
      board_.set_store(std::make_shared<const store::RevocationSet>(*revocations));
      seen_ = stores.database.get();
      database_version_ = *version;
      database_read_ = now;
      return true;
    }
  }
  // The next look tries again. Threat: a token revoked since, and accepted for as long as the store is out of reach.
  if (seen_ == nullptr || now - database_read_ < kStoreMemory) return false;
  seen_ = nullptr;
  board_.revocations_lost();
  notice_("error", "the revocations were read too long ago; no token is accepted until the store can be read");
  return false;
}

}  // namespace quivive::gateway
