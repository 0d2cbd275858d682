#pragma once
// SqliteStore: the store of one machine, in one file that several processes may share.
//
// Two connections, each behind a mutex: one reads, one writes; a third writes what need not outlive a power cut, and waits for the lock no longer than
// kHastyTimeout. In WAL mode a reader never waits for a writer, so a
// command that holds the write lock does not hold up look-ups; more connections would only multiply statement caches,
// because verified credentials are cached above and look-ups are rare. version() is a counter in the file that the real
// changes raise: SQLite's own data_version would change with every note of a key's use.

#include "backends/sqlite_connection.h"
#include "backends/use_notes.h"
#include "store/ports.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace quivive::backends {

// Keys whose last use is remembered between two writes, and sessions likewise; see UseNotes.
inline constexpr std::size_t kMaxNotes = 4096;
// How long a claim of a nonce's count waits for the write lock: a request waits for it, and others behind that one.
inline constexpr std::chrono::milliseconds kHastyTimeout{250};

class SqliteStore final : public store::Store {
 public:
  struct Options {
    std::chrono::milliseconds busy_timeout{5000};  // how long a change waits for another process's
    bool create = true;                            // whether a missing file is made (mode 0600); its folder never is
  };

  // Opens, and migrates to the newest schema if need be. Errors name the path and what to do: no such folder, not a
  // database, another program's, made by a newer quivive, damaged, readable by everybody, not writable.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(const std::string& path, const Options& options);
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(const std::string& path) { return open(path, Options{}); }
  // The error that open() would meet at once, as far as that shows without making or changing any file: no such folder, not a
  // database, another program's, made by a newer quivive, readable by everybody.
  [[nodiscard]] static Result<void> look(const std::string& path);
  // count_without_digest() of the file, as it lies there, made and changed as little; 0 where there is none, or one of an older schema.
  [[nodiscard]] static Result<std::size_t> look_for_digests(const std::string& path, std::string_view realm, crypto::HashKind hash);
  ~SqliteStore() override;  // writes the notes of use that are still pending

  // Whether open() made the file.
  [[nodiscard]] bool created() const { return created_; }

  [[nodiscard]] Result<std::optional<store::UserRecord>> find_user(std::string_view name) override;
  [[nodiscard]] Result<std::optional<store::UserRecord>> find_user_by_hash(std::string_view user_hash) override;
  [[nodiscard]] Result<std::size_t> count_without_digest(std::string_view realm, crypto::HashKind hash) override;
  [[nodiscard]] Result<store::Change> add_user(const store::UserRecord& user) override;
  [[nodiscard]] Result<store::Change> set_password(std::string_view name, const Secret& hash, const std::vector<store::DigestSecret>& digests,
                                                   Instant at) override;
  [[nodiscard]] Result<store::Change> set_disabled(std::string_view name, bool disabled, Instant at) override;
  [[nodiscard]] Result<store::Change> remove_user(std::string_view name) override;
  [[nodiscard]] Result<std::vector<store::UserRecord>> list_users() override;
  [[nodiscard]] Result<std::vector<Secret>> password_hashes() override;

  [[nodiscard]] Result<void> note_place(std::string_view user, std::string_view place, Instant at) override;
  [[nodiscard]] Result<bool> knows_place(std::string_view user, std::string_view place, Instant since) override;

  [[nodiscard]] Result<std::optional<store::KeyRecord>> find_key(std::string_view id) override;
  [[nodiscard]] Result<store::Change> add_key(const store::KeyRecord& key) override;
  [[nodiscard]] Result<store::Change> revoke_key(std::string_view id, Instant at) override;
  [[nodiscard]] Result<store::Change> rotate_key(std::string_view id, const store::KeyRecord& next, Instant until) override;
  // Kept in memory, one note per key and minute, and written in batches by version(), list_keys() or the destructor: a
  // request never waits for the disk because of it. What cannot be written is tried again.
  [[nodiscard]] Result<void> touch_key(std::string_view id, Instant at) override;
  [[nodiscard]] Result<std::vector<store::KeyRecord>> list_keys() override;

  [[nodiscard]] Result<void> add_revocation(const store::Revocation& revocation) override;
  [[nodiscard]] Result<std::vector<store::Revocation>> list_revocations() override;
  [[nodiscard]] Result<std::size_t> forget_revocations(Instant now) override;

  [[nodiscard]] Result<store::Change> begin_session(const store::SessionRecord& session, std::string_view replaces, std::size_t most) override;
  // With the uses that this object noted and has not written yet.
  [[nodiscard]] Result<std::optional<store::SessionRecord>> find_session(std::string_view digest) override;
  // As touch_key(); begin_session(), list_sessions() and forget_sessions() write the notes, too, for they go by them.
  [[nodiscard]] Result<void> touch_session(std::string_view digest, Instant at) override;
  [[nodiscard]] Result<store::Change> end_session(std::string_view digest, Instant at) override;
  [[nodiscard]] Result<store::Change> revoke_session(std::string_view id, Instant at) override;
  [[nodiscard]] Result<std::size_t> revoke_sessions_of(std::string_view user, Instant at) override;
  [[nodiscard]] Result<std::uint64_t> session_version() override;
  [[nodiscard]] Result<std::vector<store::SessionRecord>> list_sessions() override;
  [[nodiscard]] Result<std::size_t> forget_sessions(Instant expired_before, Instant seen_before) override;

  [[nodiscard]] Result<Secret> nonce_master(const Secret& proposal, Instant now) override;
  [[nodiscard]] Result<CountClaim> claim_count(std::string_view nonce, Instant issued, std::uint32_t count) override;
  [[nodiscard]] Result<std::size_t> forget_nonces(Instant issued_before, std::size_t most) override;

  [[nodiscard]] Result<std::optional<store::ClientRecord>> find_client(std::string_view id) override;
  [[nodiscard]] Result<store::Change> add_client(const store::ClientRecord& client) override;
  [[nodiscard]] Result<store::Change> revoke_client(std::string_view id, std::string_view issuer, Instant at) override;
  [[nodiscard]] Result<std::vector<store::ClientRecord>> list_clients() override;
  [[nodiscard]] Result<store::Change> add_code(const store::CodeRecord& code) override;
  [[nodiscard]] Result<TakenCode> take_code(std::string_view digest, std::string_view client) override;
  [[nodiscard]] Result<store::Change> add_device(const store::DeviceRecord& device) override;
  [[nodiscard]] Result<std::optional<store::DeviceRecord>> find_device(std::string_view user_code) override;
  [[nodiscard]] Result<store::Change> decide_device(std::string_view user_code, store::DeviceState state, std::string_view user,
                                                    std::string_view password_tag, Instant signed_in) override;
  [[nodiscard]] Result<std::optional<store::DeviceRecord>> poll_device(std::string_view digest, std::string_view client, Instant at) override;
  [[nodiscard]] Result<store::Change> add_refresh(const store::RefreshRecord& token) override;
  [[nodiscard]] Result<std::optional<store::RefreshRecord>> find_refresh(std::string_view digest) override;
  [[nodiscard]] Result<Rotation> rotate_refresh(std::string_view digest, const store::RefreshRecord& next, Duration grace,
                                                std::string_view issuer) override;
  [[nodiscard]] Result<std::size_t> revoke_family(std::string_view family, std::string_view issuer, Instant at) override;
  [[nodiscard]] Result<store::Change> claim_once(std::string_view id, std::string_view claimant, Instant expires, Instant now) override;
  [[nodiscard]] Result<store::Change> add_signing_key(const store::SigningKeyRecord& key, std::string_view newest) override;
  [[nodiscard]] Result<std::vector<store::SigningKeyRecord>> list_signing_keys() override;
  [[nodiscard]] Result<store::Change> drop_signing_key(std::string_view kid) override;
  [[nodiscard]] Result<std::size_t> forget_oauth(Instant expired_before, Instant claimed_before) override;

  // Also an Error when the file was removed or replaced under us: what we would read is not what others write.
  [[nodiscard]] Result<std::uint64_t> version() override;

 private:
  static constexpr const char* kChanged = "UPDATE state SET changes = changes + 1";
  static constexpr const char* kSessionEnded = "UPDATE state SET session_changes = session_changes + 1";

  SqliteStore(std::string path, SqliteFileId file, const Options& options, SqliteConnection reader, SqliteConnection writer, bool created);

  // Runs `change` in one transaction that has the write lock from its start (BEGIN IMMEDIATE), so that what it reads
  // still holds when it writes. It is handed a bool to set if the counter is to be raised, by `raise`; an Error rolls everything back.
  template <class Verb>
  [[nodiscard]] auto transact(Verb change, const char* raise = kChanged) -> std::invoke_result_t<Verb, bool&>;
  // Codes, approved device requests and refresh tokens; within a transaction.
  [[nodiscard]] Result<void> drop_grants_of(std::string_view user);
  // The same on `hasty_`, for what does not count: `change` is handed that connection.
  template <class Verb>
  [[nodiscard]] auto transact_hastily(Verb change) -> std::invoke_result_t<Verb, SqliteConnection&>;
  // The same for a `change` that counts whenever a row changed.
  template <class Verb>
  [[nodiscard]] auto write(Verb change, const char* raise = kChanged) -> std::invoke_result_t<Verb>;
  [[nodiscard]] Result<void> check_file() const;  // still the one that was opened
  [[nodiscard]] bool try_to_write(const std::vector<UseNotes::Note>& keys, const std::vector<UseNotes::Note>& sessions);
  void write_notes();

  std::string path_;
  SqliteFileId file_;
  std::chrono::milliseconds busy_timeout_;
  bool created_;
  std::mutex reader_mutex_;
  SqliteConnection reader_;
  std::mutex writer_mutex_;
  SqliteConnection writer_;
  std::mutex hasty_mutex_;
  std::optional<SqliteConnection> hasty_;  // opened when it is needed

  UseNotes key_notes_{kMaxNotes};      // by id
  UseNotes session_notes_{kMaxNotes};  // by digest
};

}  // namespace quivive::backends
