#pragma once
// When a caller's time is over.

#include <algorithm>
#include <chrono>
#include <optional>

namespace quivive::agent {

using Deadline = std::optional<std::chrono::steady_clock::time_point>;  // nothing: never

[[nodiscard]] inline bool is_over(const Deadline& until) { return until && std::chrono::steady_clock::now() >= *until; }

// `most`, or what is left of the time; at least 1 ms.
[[nodiscard]] inline std::chrono::milliseconds at_most(std::chrono::milliseconds most, const Deadline& until) {
  if (!until) return most;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now());
  return std::max(std::min(left, most), std::chrono::milliseconds{1});
}

}  // namespace quivive::agent
