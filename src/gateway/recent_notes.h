#pragma once
// RecentNotes: what was noted today already, so that it is not written again and again. For one thread, and bounded.

#include "base/clock.h"
#include "base/text_hash.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quivive::gateway {

class RecentNotes {
 public:
  static constexpr Duration kAge = std::chrono::hours(24);
  static constexpr std::size_t kMost = 10'000;

  // Whether it is time to note `key`; then it counts as noted.
  [[nodiscard]] bool is_due(std::string_view key, Instant now) {
    if (const auto noted = noted_.find(key); noted != noted_.end() && now - noted->second < kAge) return false;
    if (noted_.size() >= kMost) noted_.clear();  // noting twice does no harm
    noted_.insert_or_assign(std::string(key), now);
    return true;
  }

 private:
  std::unordered_map<std::string, Instant, TextHash, std::equal_to<>> noted_;
};

}  // namespace quivive::gateway
