#include "gateway/fact_board.h"

namespace quivive::gateway {

void FactBoard::publish() { facts_.publish(std::make_shared<const auth::Snapshot>(draft_)); }

std::size_t FactBoard::add_slot(std::string issuer) {
  const std::lock_guard lock(mutex_);
  draft_.issuers.push_back({std::move(issuer), nullptr});
  publish();
  return draft_.issuers.size() - 1;
}

void FactBoard::clear_slot(std::size_t slot) {
  const std::lock_guard lock(mutex_);
  draft_.issuers[slot] = {};
  publish();
}

void FactBoard::set_keys(std::size_t slot, std::shared_ptr<const jose::KeySet> keys) {
  const std::lock_guard lock(mutex_);
  draft_.issuers[slot].keys = std::move(keys);
  publish();
}

void FactBoard::set_store(std::shared_ptr<const store::RevocationSet> revocations) {
  const std::lock_guard lock(mutex_);
  draft_.revocations = std::move(revocations);
  ++draft_.store_epoch;
  publish();
}

void FactBoard::revocations_lost() {
  const std::lock_guard lock(mutex_);
  draft_.revocations = nullptr;
  publish();
}

void FactBoard::set_decoys(std::shared_ptr<const std::vector<crypto::DummyHash>> decoys) {
  const std::lock_guard lock(mutex_);
  draft_.decoys = std::move(decoys);
  publish();
}

void FactBoard::users_changed() {
  const std::lock_guard lock(mutex_);
  ++draft_.store_epoch;
  publish();
}

void FactBoard::sessions_ended() {
  const std::lock_guard lock(mutex_);
  ++draft_.session_epoch;
  publish();
}

std::shared_ptr<const jose::KeySet> FactBoard::keys(std::size_t slot) const {
  const std::lock_guard lock(mutex_);
  return draft_.issuers[slot].keys;
}

}  // namespace quivive::gateway
