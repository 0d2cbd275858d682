#pragma once
// StoreWatch: sees changes that any process made to the store, within a fraction of a second, and publishes them.

#include "gateway/fact_board.h"
#include "store/ports.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

namespace quivive::gateway {

// The stores of one configuration: the database, and where users are looked up.
struct StoreSet {
  std::shared_ptr<store::Store> database;
  std::shared_ptr<store::UserLookup> users;  // a password file, or the database itself

  [[nodiscard]] bool users_apart() const { return users != database; }
};

// How long what was read of a store is believed while the store cannot be read. Otherwise a change shows at once.
inline constexpr Duration kStoreMemory = std::chrono::minutes(5);

class StoreWatch {
 public:
  using Notice = std::function<void(std::string_view level, std::string_view text)>;
  static constexpr std::chrono::milliseconds kInterval{250};

  StoreWatch(FactBoard& board, Notice notice) : board_(board), notice_(std::move(notice)) {}

  // Blocks; one call of it at a time. Compares versions and publishes what changed; also the first load. Each source by itself: of one that
  // cannot be read what is in force stays in force, the database's revocations for kStoreMemory.
  void look(const StoreSet& stores, Instant now);
  // After a change by this gateway itself: when it returns, no worker remembers a session that ended in it. From any thread; blocks.
  void sessions_changed(store::Store& database);
  // As of the last look.
  [[nodiscard]] std::uint64_t database_version() const { return database_version_; }

 private:
  // What unknown users cost follows the users, though not at every change of a store that has many.
  static constexpr Duration kDecoyPause = std::chrono::seconds(2);
  void read_decoys(const StoreSet& stores, std::uint64_t version, Instant now);
  Result<void> look_at_sessions(store::Store& database);
  // Whether something new was published.
  bool read_database(const StoreSet& stores, const Result<std::uint64_t>& version, Instant now);

  FactBoard& board_;
  Notice notice_;
  const store::Store* seen_ = nullptr;  // whose revocations are in force
  const store::UserLookup* seen_users_ = nullptr;
  const store::UserLookup* decoys_of_ = nullptr;
  std::uint64_t decoys_version_ = 0;
  Instant decoys_read_{};
  bool users_up_ = true;
  std::uint64_t database_version_ = 0;
  Instant database_read_{};  // when they were last known to be all there are
  std::uint64_t users_version_ = 0;
  std::mutex session_mutex_;
  std::uint64_t session_version_ = 0;
};

}  // namespace quivive::gateway
