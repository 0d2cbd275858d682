#include "diagnose/capture.h"

#include <algorithm>

namespace quivive::diagnose {

std::optional<Format> format_from_name(std::string_view name) {
  const auto found = std::find(kFormatNames.begin(), kFormatNames.end(), name);
  if (found == kFormatNames.end()) return std::nullopt;
  return static_cast<Format>(found - kFormatNames.begin());
}

}  // namespace quivive::diagnose
