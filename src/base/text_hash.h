#pragma once
// TextHash: lets an unordered container of std::string be asked with a std::string_view, without a copy; to go with
// std::equal_to<>.

#include <cstddef>
#include <functional>
#include <string_view>

namespace quivive {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace quivive
