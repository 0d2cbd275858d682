#pragma once
// What a test binary allocates, by all its threads, counted in operator new. For those that tests/CMakeLists.txt gives it to.

#include <cstddef>

namespace quivive::support {

[[nodiscard]] std::size_t allocations();     // so far
[[nodiscard]] std::size_t allocated_octets();  // now, with what malloc adds to each block

}  // namespace quivive::support
