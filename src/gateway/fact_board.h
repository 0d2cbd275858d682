#pragma once
// FactBoard: what decisions rest on and what changes while the gateway runs (key sets, revocations, the store's epoch),
// put together into one immutable auth::Snapshot whenever a part changes, and published to the workers.

#include "auth/snapshot.h"
#include "gateway/published.h"

#include <atomic>
#include <mutex>

namespace quivive::gateway {

class FactBoard {
 public:
  // A slot for an issuer's keys. Never handed out twice, so that an older configuration's requests find their own.
  [[nodiscard]] std::size_t add_slot(std::string issuer);
  void clear_slot(std::size_t slot);

  // Thread-safe; each publishes.
  void set_keys(std::size_t slot, std::shared_ptr<const jose::KeySet> keys);
  void set_store(std::shared_ptr<const store::RevocationSet> revocations);  // and raises the epoch
  void revocations_lost();                                                  // until set_store(), no token is accepted
  void set_decoys(std::shared_ptr<const std::vector<crypto::DummyHash>> decoys);
  void users_changed();                                                     // raises the epoch
  void sessions_ended();                                                    // raises theirs

  [[nodiscard]] std::shared_ptr<const jose::KeySet> keys(std::size_t slot) const;
  [[nodiscard]] const Published<auth::Snapshot>& facts() const { return facts_; }

  std::atomic<bool> store_up{true};  // the database; a password file answers in any case

 private:
  void publish();

  mutable std::mutex mutex_;
  auth::Snapshot draft_;
  Published<auth::Snapshot> facts_{std::make_shared<const auth::Snapshot>()};
};

}  // namespace quivive::gateway
