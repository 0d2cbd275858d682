#pragma once
// Metrics: counters that each worker writes without a lock and the admin listener sums. The list is metrics.def.

#include "auth/scheme.h"
#include "base/reason.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace quivive::gateway {

// One writer, many readers: a plain add, seen whole by the others.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  void subtract(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

inline constexpr std::size_t kReasonCount = 0
#define QUIVIVE_REASON(...) +1
#include "base/reasons.def"
#undef QUIVIVE_REASON
    ;

inline constexpr std::size_t kSchemeCount = 0
#define QUIVIVE_SCHEME(...) +1
#include "auth/schemes.def"
#undef QUIVIVE_SCHEME
    ;

// Of one worker.
struct Metrics {
#define QUIVIVE_METRIC(member, name, kind, help) Counter member;
#include "gateway/metrics.def"
#undef QUIVIVE_METRIC
  // [reason][0 for no scheme, else 1 + scheme]
  std::array<std::array<Counter, kSchemeCount + 1>, kReasonCount> requests;
};

// What is not a worker's, read when asked for.
struct GatewayGauges {
  struct KeySet {
    std::string issuer;
    bool usable = false;
    std::int64_t age_seconds = 0;
    std::uint64_t fetches = 0;
    std::uint64_t failures = 0;
  };
  std::vector<KeySet> key_sets;
  std::size_t hash_queue = 0;
  bool store_up = true;
  std::uint64_t reloads = 0;
  std::uint64_t reloads_refused = 0;
};

// The Prometheus text exposition of the sum over `workers`.
[[nodiscard]] std::string expose(std::span<const Metrics* const> workers, const GatewayGauges& gauges);

// docs/reference/metrics.md.
[[nodiscard]] std::string metrics_markdown();

}  // namespace quivive::gateway
