#include "config/route_cover.h"

#include <algorithm>

namespace quivive::config {

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
  if (!earlier.host.empty() && earlier.host != later.host) return false;
  if (!earlier.methods.empty()) {
    if (later.methods.empty()) return false;
    const auto taken = [&](const std::string& method) {
      return std::find(earlier.methods.begin(), earlier.methods.end(), method) != earlier.methods.end();
    };
    if (!std::all_of(later.methods.begin(), later.methods.end(), taken)) return false;
  }
  return covers_path(earlier.path, later.path);
}

}  // namespace quivive::config
