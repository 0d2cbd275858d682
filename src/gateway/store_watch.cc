#include "gateway/store_watch.h"

#include <utility>

namespace quivive::gateway {

void StoreWatch::look(const StoreSet& stores, Instant now) {
  const auto database = stores.database->version();
  const auto users = stores.users->version();
  const auto sessions = stores.database->session_version();
  const bool up = database && users && sessions;
  if (up != board_.store_up.exchange(up)) {
    if (up) {
      notice_("info", "the store answers again");
    } else {
      notice_("error", "the store cannot be used: " + (!database ? database.error() : !users ? users.error() : sessions.error()).message);
    }
  }
  // What could not be read did not change, as far as anybody knows: what is in force stays in force.
  if (!up) return;
  if (*sessions != std::exchange(session_version_, *sessions)) board_.sessions_ended();
  const bool same = seen_ == stores.database.get() && seen_users_ == stores.users.get();
  if (same && *database == database_version_ && *users == users_version_) return;
  (void)stores.database->forget_revocations(now);  // of tokens that have expired since; what stays is no error
  const auto revocations = stores.database->list_revocations();
  if (!revocations) return;  // the next look sees to it, since nothing is noted as seen
  board_.set_store(std::make_shared<const store::RevocationSet>(*revocations));
  seen_ = stores.database.get();
  seen_users_ = stores.users.get();
  database_version_ = *database;
  users_version_ = *users;
}

}  // namespace quivive::gateway
