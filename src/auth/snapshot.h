#pragma once
// Snapshot: what is known at the moment of a decision and changes while the gateway runs. Immutable; a change makes a new
// one, which the workers swap in. A decision that waits for an answer keeps the one that it started with.

#include "crypto/password.h"
#include "store/revocation_set.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace quivive::jose {
class KeySet;
}

namespace quivive::auth {

struct IssuerKeys {
  std::string issuer;  // IssuerPolicy::issuer() they belong to
  std::shared_ptr<const jose::KeySet>
      keys;  // null: never fetched. Keep the object where a refetch brought the same keys.
};

struct Snapshot {
  std::vector<IssuerKeys> issuers;  // at IssuerPolicy::key_slot
  // Null: not loaded, or too long ago, and then no token is accepted (verifier-unavailable). An empty set where there is no store.
  std::shared_ptr<const store::RevocationSet> revocations;
  // Never the same for two states of users and keys: changes with store::Store::version() and when a reload opens
  // another store. Outcomes remembered under another epoch are verified again.
  std::uint64_t store_epoch = 0;
  std::uint64_t session_epoch = 0;  // the same of sessions that ended
  // What an unknown user's password is verified against, so that it costs what a known user's does: crypto::DummyHashes of the users. Null:
  // not read yet, and then no password is looked at (verifier-unavailable). Never empty.
  std::shared_ptr<const std::vector<crypto::DummyHash>> decoys{};
};

}  // namespace quivive::auth
