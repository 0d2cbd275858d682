#pragma once
// The stores that are held against the contract, and what the suites need to do so.

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
};

class MemoryBackend final : public Backend {
 public:
  Store& open() override { return store_; }

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

 private:
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
