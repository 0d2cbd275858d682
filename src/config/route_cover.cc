#include "config/route_cover.h"

#include <algorithm>

namespace quivive::config {
namespace {

bool covers_host(std::string_view earlier, std::string_view later) {
  if (earlier.empty() || earlier == later) return true;
  // "*.example.com" and what ends in ".example.com", stars included
  return earlier.starts_with("*.") && later.size() > earlier.size() - 1 && later.ends_with(earlier.substr(1));
}

// Whether a request that one of `methods` admits includes `method`: GET admits HEAD.
bool admits(const std::vector<std::string>& methods, std::string_view method) {
  return std::any_of(methods.begin(), methods.end(), [&](const std::string& m) { return m == method || (m == "GET" && method == "HEAD"); });
}

}  // namespace

bool covers_path(std::string_view earlier, std::string_view later) {
  if (earlier == later) return true;
  const auto star = earlier.find('*');
  const bool below_folder = star == std::string_view::npos && earlier.ends_with('/');
  const bool everything_after = star != std::string_view::npos && earlier.substr(star) == "**";
  if (!below_folder && !everything_after) return false;
  // What `later` matches begins with its text before the first wildcard.
  return later.substr(0, later.find('*')).starts_with(earlier.substr(0, star));
}

bool covers(const Route& earlier, const Route& later) {
  if (!covers_host(earlier.host, later.host)) return false;
  if (!earlier.methods.empty()) {
    if (later.methods.empty()) return false;
    if (!std::all_of(later.methods.begin(), later.methods.end(), [&](const std::string& m) { return admits(earlier.methods, m); })) return false;
  }
  return covers_path(earlier.path, later.path);
}

}  // namespace quivive::config
