#include "http/request.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstring>

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

// A name in lower case, and 0x20 where it has a letter: with that bit set, both cases of the letter are the lower one,
// and no other character becomes it.
struct FoldedName {
  std::array<char, kMaxKnownLength> lower{};
  std::array<char, kMaxKnownLength> mask{};
};

constexpr auto kFolded = [] {
  std::array<FoldedName, kNames.size()> table{};
  for (std::size_t id = 0; id < kNames.size(); ++id) {
    for (std::size_t i = 0; i < kNames[id].size(); ++i) {
      const char c = table[id].lower[i] = ascii_lower(kNames[id][i]);
      table[id].mask[i] = c >= 'a' && c <= 'z' ? 0x20 : 0;
    }
  }
  return table;
}();

template <class Word>
bool word_matches(const char* name, const FoldedName& known, std::size_t at) {
  Word sent, lower, mask;
  std::memcpy(&sent, name + at, sizeof sent);
  std::memcpy(&lower, known.lower.data() + at, sizeof lower);
  std::memcpy(&mask, known.mask.data() + at, sizeof mask);
  return (sent | mask) == lower;
}

// Both are `length` bytes. The last word overlaps the one before, so that nothing is left over.
bool matches(const char* name, const FoldedName& known, std::size_t length) {
  if (length >= 8) {
    if (!word_matches<std::uint64_t>(name, known, length - 8)) return false;
    for (std::size_t at = 0; at + 8 < length; at += 8) {
      if (!word_matches<std::uint64_t>(name, known, at)) return false;
    }
    return true;
  }
  if (length >= 4) return word_matches<std::uint32_t>(name, known, 0) && word_matches<std::uint32_t>(name, known, length - 4);
  for (std::size_t at = 0; at < length; ++at) {
    if (!word_matches<std::uint8_t>(name, known, at)) return false;
  }
  return true;
}

}  // namespace

std::string_view field_name(FieldId id) { return kNames[static_cast<std::size_t>(id)]; }

FieldId field_id(std::string_view name) {
  if (name.size() > kMaxKnownLength) return FieldId::Other;
  for (std::size_t i = kByLength.begin[name.size()]; i < kByLength.begin[name.size() + 1]; ++i) {
    const FieldId id = kByLength.ids[i];
    if (matches(name.data(), kFolded[static_cast<std::size_t>(id)], name.size())) return id;
  }
  return FieldId::Other;
}

}  // namespace quivive::http
