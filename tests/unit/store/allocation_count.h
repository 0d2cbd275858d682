#pragma once
// What this binary allocates, by all its threads, counted in operator new.

#include <cstddef>

namespace quivive::store {

[[nodiscard]] std::size_t allocations();     // so far
[[nodiscard]] std::size_t allocated_octets();  // now, with what malloc adds to each block

}  // namespace quivive::store
