#pragma once
// Comparison of secrets in time that depends on their length only.

#include <string_view>

namespace quivive::crypto {

// Equal bytes. The length is not hidden: compare fixed-size digests or MACs, not secrets of telling length.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace quivive::crypto
