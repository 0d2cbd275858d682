#include "issuer/service.h"

namespace quivive::issuer {

Result<void> Service::tend(Instant now) {
  if (const auto tended = tend_keys(*store_, settings_, now); !tended) return tended;
  const auto records = store_->list_signing_keys();
  if (!records) return records.error();
  auto ring = KeyRing::of(*records);
  if (!ring) return ring.error();
  if (const auto before = keys(); before == nullptr || before->keys()->fingerprint() != ring->keys()->fingerprint()) {
    const std::scoped_lock lock(mutex_);
    keys_ = std::make_shared<const KeyRing>(std::move(*ring));
  }
  // Codes and tokens a day late, so that one that was used twice is told from one that never was.
  const auto forgotten = store_->forget_oauth(now - std::chrono::hours(24), now);
  return forgotten ? Result<void>{} : Result<void>{forgotten.error()};
}

Result<std::shared_ptr<const store::RevocationSet>> Service::revocations() const {
  const auto version = store_->version();  // first: what changes after it is seen the next time
  if (!version) return version.error();
  {
    const std::scoped_lock lock(mutex_);
    if (revocations_ != nullptr && revocations_version_ == *version) return revocations_;
  }
  const auto listed = store_->list_revocations();
  if (!listed) return listed.error();
  auto read = std::make_shared<const store::RevocationSet>(*listed);
  const std::scoped_lock lock(mutex_);
  revocations_ = read;
  revocations_version_ = *version;
  return read;
}

std::shared_ptr<const KeyRing> Service::keys() const {
  const std::scoped_lock lock(mutex_);
  return keys_;
}

}  // namespace quivive::issuer
