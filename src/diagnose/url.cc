#include "diagnose/url.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose {

std::string_view registrable_domain(std::string_view host) {
  if (host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos) return host;  // an address
  static constexpr auto kSecondLevel =
      std::to_array<std::string_view>({"ac", "co", "com", "edu", "gov", "net", "org", "ne", "or", "go", "gob", "nom"});
  std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return host;
  std::size_t before = host.rfind('.', dot - 1);
  if (before == std::string_view::npos) return host;
  const std::string_view second = host.substr(before + 1, dot - before - 1);
  const bool country = host.size() - dot - 1 == 2;
  if (country && std::find(kSecondLevel.begin(), kSecondLevel.end(), second) != kSecondLevel.end()) {
    if (before == 0) return host;
    before = host.rfind('.', before - 1);
    if (before == std::string_view::npos) return host;
  }
  return host.substr(before + 1);
}

}  // namespace quivive::diagnose
