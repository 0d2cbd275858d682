#pragma once
// JsonArena: memory for a value that is read, looked at and dropped whole, as a token's claims are. Allocating is an addition,
// freeing is nothing; the heap is asked only when the block that it was given is full.

#include "base/json.h"

#include <boost/json/monotonic_resource.hpp>

namespace quivive {

using JsonArena = boost::json::monotonic_resource;

}  // namespace quivive
