#pragma once
// The stores that are held against the contract, and what the suites need to do so.

#include "backends/sqlite_oauth.h"
#include "backends/sqlite_refresh.h"
#include "backends/sqlite_store.h"
#include "store/memory_store.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace quivive::store {

// One kind of store: how to open another view of the same data, as a second process would.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Store& open() = 0;
  // Many changes at once, where one by one would wait for the disk thousands of times. False if one of them is not done.
  virtual bool add_devices(const std::vector<DeviceRecord>& devices) = 0;
  virtual bool rotate_in_turn(const std::vector<RefreshRecord>& tokens) = 0;  // each follows the one before it
  virtual bool claim_most(const std::string& client, Instant expires) = 0;     // kMostClaimed ids: the client's name and a number
};

class MemoryBackend final : public Backend {
 public:
  Store& open() override { return store_; }
  bool add_devices(const std::vector<DeviceRecord>& devices) override {
    bool ok = true;
    for (const DeviceRecord& device : devices) ok = ok && store_.add_device(device).value() == Change::Done;
    return ok;
  }
  bool rotate_in_turn(const std::vector<RefreshRecord>& tokens) override {
    bool ok = true;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      ok = ok && store_.rotate_refresh(tokens[i - 1].digest, tokens[i], Duration(0), "i").value() == OAuthStore::Rotation::Rotated;
    }
    return ok;
  }
  bool claim_most(const std::string& client, Instant expires) override {
    bool ok = true;
    for (std::size_t i = 0; i < kMostClaimed; ++i) ok = ok && store_.claim_once(client + std::to_string(i), client, expires, {}).value() == Change::Done;
    return ok;
  }

 private:
  MemoryStore store_;
};

class SqliteBackend final : public Backend {
 public:
  Store& open() override {
    auto store = backends::SqliteStore::open(folder_.path("store.db"));
    if (!store) throw std::runtime_error(store.error().message);
    stores_.push_back(std::move(*store));
    return *stores_.back();
  }
  bool add_devices(const std::vector<DeviceRecord>& devices) override {
    return in_one_transaction([&](backends::SqliteConnection& connection) {
      bool ok = true;
      for (const DeviceRecord& device : devices) ok = ok && backends::sqlite_oauth::add_device(connection, device).value() == Change::Done;
      return ok;
    });
  }
  bool rotate_in_turn(const std::vector<RefreshRecord>& tokens) override {
    return in_one_transaction([&](backends::SqliteConnection& connection) {
      bool ok = true;
      for (std::size_t i = 1; i < tokens.size(); ++i) {
        ok = ok && backends::sqlite_refresh::rotate(connection, tokens[i - 1].digest, tokens[i], Duration(0)).value() == OAuthStore::Rotation::Rotated;
      }
      return ok;
    });
  }
  bool claim_most(const std::string& client, Instant expires) override {
    return in_one_transaction([&](backends::SqliteConnection& connection) {
      bool ok = true;
      for (std::size_t i = 0; i < kMostClaimed; ++i) ok = ok && backends::sqlite_oauth::claim_once(connection, client + std::to_string(i), client, expires, {}).value() == Change::Done;
      return ok;
    });
  }

 private:
  template <class Work>
  bool in_one_transaction(Work work) {
    auto connection = backends::SqliteConnection::open(folder_.path("store.db"), std::chrono::seconds(5), false);
    if (!connection || !connection->execute("BEGIN IMMEDIATE")) return false;
    const bool ok = work(*connection);
    return connection->execute("COMMIT") && ok;
  }

  support::TempFolder folder_;
  std::vector<std::unique_ptr<Store>> stores_;
};

struct Kind {
  std::string name;
  std::function<std::unique_ptr<Backend>()> make;
};

inline auto all_kinds() {
  return testing::Values(Kind{"Memory", [] { return std::make_unique<MemoryBackend>(); }}, Kind{"Sqlite", [] { return std::make_unique<SqliteBackend>(); }});
}
inline std::string kind_name(const testing::TestParamInfo<Kind>& kind) { return kind.param.name; }

inline constexpr Instant kNow = from_unix_seconds(1'800'000'000);
inline constexpr Instant after(std::int64_t seconds) { return kNow + std::chrono::seconds(seconds); }

inline UserRecord user(std::string name) {
  return {.name = std::move(name), .password_hash = Secret{"$hash$1"}, .roles = {"admin", "ops"}, .created = kNow, .changed = kNow};
}

// Runs `work(i)` on that many threads at once.
inline void on_threads(int count, const std::function<void(int)>& work) {
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < count) std::this_thread::yield();
      work(i);
    });
  }
  for (auto& thread : threads) thread.join();
}

// A suite is a class derived from this.
class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  // The value of a Result that has to be one.
  template <class T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
  }
  std::uint64_t version() { return must(other_.version()); }

  std::unique_ptr<Backend> backend_ = GetParam().make();
  Store& store_ = backend_->open();  // changes
  Store& other_ = backend_->open();  // looks, as another process would
};

}  // namespace quivive::store
