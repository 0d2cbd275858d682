#include "client/retry_after.h"

#include "http/date.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace quivive::client {
namespace {

constexpr Duration kLongest = std::chrono::days(365);

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view value, Instant now, Duration skew) {
  if (const auto date = http::parse_http_date(value)) return std::clamp(Duration(*date - skew - now), Duration{0}, kLongest);
  if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  constexpr std::int64_t kMost = std::chrono::duration_cast<std::chrono::seconds>(kLongest).count();
  return fault != std::errc() || seconds > kMost ? kLongest : Duration(std::chrono::seconds(seconds));
}

bool is_idempotent(std::string_view method) {
  static constexpr auto kMethods = std::to_array<std::string_view>({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"});
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

}  // namespace quivive::client
