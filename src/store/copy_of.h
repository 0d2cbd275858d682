#pragma once
// A record out of a map by a name that is only looked at.

#include <optional>
#include <string_view>

namespace quivive::store {

template <class Map>
auto copy_of(const Map& map, std::string_view name) -> std::optional<typename Map::mapped_type> {
  const auto at = map.find(name);
  if (at == map.end()) return std::nullopt;
  return at->second;
}

}  // namespace quivive::store
