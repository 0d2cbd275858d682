#include "client/memory.h"

namespace quivive::client {

OriginMemory* ClientMemory::find(const Origin& origin) {
  for (OriginMemory& known : origins_) {
    if (known.origin == origin) return &known;
  }
  return nullptr;
}

OriginMemory& ClientMemory::at(const Origin& origin) {
  if (OriginMemory* known = find(origin)) return *known;
  origins_.emplace_back();
  origins_.back().origin = origin;
  return origins_.back();
}

}  // namespace quivive::client
