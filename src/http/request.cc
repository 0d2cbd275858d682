#include "http/request.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace quivive::http {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({
    "",
#define QUIVIVE_FIELD(name, text) text,
#include "http/fields.def"
#undef QUIVIVE_FIELD
});

constexpr std::size_t kMaxKnownLength = [] {
  std::size_t longest = 0;
  for (const std::string_view name : kNames) longest = std::max(longest, name.size());
  return longest;
}();

// The ids of each length, one list after the other: only a few names share a length, so a look-up compares at most those.
struct LengthIndex {
  std::array<std::uint8_t, kMaxKnownLength + 2> begin{};
  std::array<FieldId, kNames.size() - 1> ids{};
};

constexpr LengthIndex kByLength = [] {
  LengthIndex index;
  std::uint8_t next = 0;
  for (std::size_t length = 0; length <= kMaxKnownLength; ++length) {
    index.begin[length] = next;
    for (std::size_t id = 1; id < kNames.size(); ++id) {
      if (kNames[id].size() == length) index.ids[next++] = static_cast<FieldId>(id);
    }
  }
  index.begin[kMaxKnownLength + 1] = next;
  return index;
}();

}  // namespace

std::string_view field_name(FieldId id) { return kNames[static_cast<std::size_t>(id)]; }

FieldId field_id(std::string_view name) {
  if (name.size() > kMaxKnownLength) return FieldId::Other;
  for (std::size_t i = kByLength.begin[name.size()]; i < kByLength.begin[name.size() + 1]; ++i) {
    const std::string_view known = kNames[static_cast<std::size_t>(kByLength.ids[i])];
    // The last characters tell names of one length apart sooner than the first ("X-Forwarded-…").
    if (ascii_lower(known.back()) == ascii_lower(name.back()) && iequals(known, name)) return kByLength.ids[i];
  }
  return FieldId::Other;
}

}  // namespace quivive::http
