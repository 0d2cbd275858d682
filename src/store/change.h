#pragma once
// Change: what became of a change to a record that has to exist, or must not.

#include <cstdint>

namespace quivive::store {

enum class Change : std::uint8_t { Done, NotFound, Exists };

}  // namespace quivive::store
