#pragma once
// MemoryStore: a Store that lives as long as its process. For `memory:`, demos and tests; the model that the contract
// suite holds every other backend to.

#include "store/nonce_table.h"
#include "store/oauth_table.h"
#include "store/ports.h"
#include "store/session_table.h"

#include <map>
#include <mutex>
#include <string>

namespace quivive::store {

class MemoryStore final : public Store {
 public:
  [[nodiscard]] Result<std::optional<UserRecord>> find_user(std::string_view name) override;
  [[nodiscard]] Result<std::optional<UserRecord>> find_user_by_hash(std::string_view user_hash) override;
  [[nodiscard]] Result<std::size_t> count_without_digest(std::string_view realm, crypto::HashKind hash) override;
  [[nodiscard]] Result<Change> add_user(const UserRecord& user) override;
  [[nodiscard]] Result<Change> set_password(std::string_view name, const Secret& hash, const std::vector<DigestSecret>& digests, Instant at) override;
  [[nodiscard]] Result<Change> set_disabled(std::string_view name, bool disabled, Instant at) override;
  [[nodiscard]] Result<Change> remove_user(std::string_view name) override;
  [[nodiscard]] Result<std::vector<UserRecord>> list_users() override;
  [[nodiscard]] Result<std::vector<Secret>> password_hashes() override;

  [[nodiscard]] Result<void> note_place(std::string_view user, std::string_view place, Instant at) override;
  [[nodiscard]] Result<bool> knows_place(std::string_view user, std::string_view place, Instant since) override;

  [[nodiscard]] Result<std::optional<KeyRecord>> find_key(std::string_view id) override;
  [[nodiscard]] Result<Change> add_key(const KeyRecord& key) override;
  [[nodiscard]] Result<Change> revoke_key(std::string_view id, Instant at) override;
  [[nodiscard]] Result<Change> rotate_key(std::string_view id, const KeyRecord& next, Instant until) override;
  [[nodiscard]] Result<void> touch_key(std::string_view id, Instant at) override;
  [[nodiscard]] Result<std::vector<KeyRecord>> list_keys() override;

  [[nodiscard]] Result<void> add_revocation(const Revocation& revocation) override;
  [[nodiscard]] Result<std::vector<Revocation>> list_revocations() override;
  [[nodiscard]] Result<std::size_t> forget_revocations(Instant now) override;

  [[nodiscard]] Result<Change> begin_session(const SessionRecord& session, std::string_view replaces, std::size_t most) override;
  [[nodiscard]] Result<std::optional<SessionRecord>> find_session(std::string_view digest) override;
  [[nodiscard]] Result<void> touch_session(std::string_view digest, Instant at) override;
  [[nodiscard]] Result<Change> end_session(std::string_view digest, Instant at) override;
  [[nodiscard]] Result<Change> revoke_session(std::string_view id, Instant at) override;
  [[nodiscard]] Result<std::size_t> revoke_sessions_of(std::string_view user, Instant at) override;
  [[nodiscard]] Result<std::uint64_t> session_version() override;
  [[nodiscard]] Result<std::vector<SessionRecord>> list_sessions() override;
  [[nodiscard]] Result<std::size_t> forget_sessions(Instant expired_before, Instant seen_before) override;

  [[nodiscard]] Result<Secret> nonce_master(const Secret& proposal, Instant now) override;
  [[nodiscard]] Result<CountClaim> claim_count(std::string_view nonce, Instant issued, std::uint32_t count) override;
  [[nodiscard]] Result<std::size_t> forget_nonces(Instant issued_before, std::size_t most) override;

  [[nodiscard]] Result<std::optional<ClientRecord>> find_client(std::string_view id) override;
  [[nodiscard]] Result<Change> add_client(const ClientRecord& client) override;
  [[nodiscard]] Result<Change> revoke_client(std::string_view id, std::string_view issuer, Instant at) override;
  [[nodiscard]] Result<std::vector<ClientRecord>> list_clients() override;
  [[nodiscard]] Result<Change> add_code(const CodeRecord& code) override;
  [[nodiscard]] Result<TakenCode> take_code(std::string_view digest, std::string_view client) override;
  [[nodiscard]] Result<Change> add_device(const DeviceRecord& device) override;
  [[nodiscard]] Result<std::optional<DeviceRecord>> find_device(std::string_view user_code) override;
  [[nodiscard]] Result<Change> decide_device(std::string_view user_code, DeviceState state, std::string_view user, std::string_view password_tag,
                                             Instant signed_in) override;
  [[nodiscard]] Result<std::optional<DeviceRecord>> poll_device(std::string_view digest, std::string_view client, Instant at) override;
  [[nodiscard]] Result<Change> add_refresh(const RefreshRecord& token) override;
  [[nodiscard]] Result<std::optional<RefreshRecord>> find_refresh(std::string_view digest) override;
  [[nodiscard]] Result<Rotation> rotate_refresh(std::string_view digest, const RefreshRecord& next, Duration grace, std::string_view issuer) override;
  [[nodiscard]] Result<std::size_t> revoke_family(std::string_view family, std::string_view issuer, Instant at) override;
  [[nodiscard]] Result<Change> claim_once(std::string_view id, std::string_view claimant, Instant expires, Instant now) override;
  [[nodiscard]] Result<Change> add_signing_key(const SigningKeyRecord& key, std::string_view newest) override;
  [[nodiscard]] Result<std::vector<SigningKeyRecord>> list_signing_keys() override;
  [[nodiscard]] Result<Change> drop_signing_key(std::string_view kid) override;
  [[nodiscard]] Result<std::size_t> forget_oauth(Instant expired_before, Instant claimed_before) override;

  [[nodiscard]] Result<std::uint64_t> version() override;

 private:
  struct RevocationName {
    std::string issuer;
    RevocationKind kind;
    std::string value;
    auto operator<=>(const RevocationName&) const = default;
  };

  // With the lock held.
  Change count(SessionTable::Outcome outcome);
  bool revoke(const Revocation& revocation);  // whether anything changed
  bool revoke_access(const std::vector<RefreshRecord>& tokens, std::string_view issuer, Instant at);

  std::mutex mutex_;
  std::map<std::string, UserRecord, std::less<>> users_;
  std::map<std::string, std::map<std::string, Instant, std::less<>>, std::less<>> places_;  // by user
  std::map<std::string, KeyRecord, std::less<>> keys_;
  std::map<RevocationName, Revocation> revocations_;
  SessionTable sessions_;
  NonceTable nonces_;
  OAuthTable oauth_;
  std::uint64_t changes_ = 0;
  std::uint64_t session_changes_ = 0;
};

}  // namespace quivive::store
