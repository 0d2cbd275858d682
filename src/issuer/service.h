#pragma once
// Service: the token service of one configuration. Its endpoints (token_endpoint.h and the like) are functions of it; they block on
// the store, and are safe from several threads.

#include "base/random.h"
#include "issuer/key_ring.h"
#include "issuer/settings.h"
#include "store/ports.h"
#include "store/revocation_set.h"

#include <cstdint>
#include <memory>
#include <mutex>

namespace quivive::issuer {

class Service {
 public:
  // `random` outlives it, and is thread-safe. Users are looked up in `users`, which may be a password file.
  Service(Settings settings, std::shared_ptr<store::Store> store, std::shared_ptr<store::UserLookup> users, RandomSource& random)
      : settings_(std::move(settings)), store_(std::move(store)), users_(std::move(users)), random_(random) {}

  // Makes and drops signing keys as they are due, reads them, and forgets what has expired. To be called at the start, whenever the
  // store changed, and once in a while. An Error leaves the keys as they were.
  [[nodiscard]] Result<void> tend(Instant now);
  // Null until tend() succeeded once.
  [[nodiscard]] std::shared_ptr<const KeyRing> keys() const;

  // As the store has them now; read again only after a change of it.
  [[nodiscard]] Result<std::shared_ptr<const store::RevocationSet>> revocations() const;

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] store::Store& store() const { return *store_; }
  [[nodiscard]] store::UserLookup& users() const { return *users_; }
  [[nodiscard]] RandomSource& random() const { return random_; }

 private:
  Settings settings_;
  std::shared_ptr<store::Store> store_;
  std::shared_ptr<store::UserLookup> users_;
  RandomSource& random_;
  mutable std::mutex mutex_;
  std::shared_ptr<const KeyRing> keys_;
  mutable std::shared_ptr<const store::RevocationSet> revocations_;
  mutable std::uint64_t revocations_version_ = 0;
};

}  // namespace quivive::issuer
