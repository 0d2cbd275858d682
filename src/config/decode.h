#pragma once
// From a setting's node to its value in Config. Each function reports what is wrong, under the setting's path and at the
// node's place, and then leaves `out` as it is.

#include "config/config.h"
#include "config/section.h"

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace quivive::config {

void decode(Report& report, const Value& value, bool& out);
void decode(Report& report, const Value& value, std::uint32_t& out);   // Count
void decode(Report& report, const Value& value, std::size_t& out);     // Size
void decode(Report& report, const Value& value, Duration& out);
void decode(Report& report, const Value& value, std::string& out);     // every type of plain text
void decode(Report& report, const Value& value, std::vector<std::string>& out);
void decode(Report& report, const Value& value, Url& out);
void decode(Report& report, const Value& value, ListenAddress& out);
void decode(Report& report, const Value& value, std::vector<Cidr>& out);
void decode(Report& report, const Value& value, StoreLocation& out);
void decode(Report& report, const Value& value, KeySource& out);
void decode(Report& report, const Value& value, Wanted& out);
void decode(Report& report, const Value& value, std::vector<ClaimWanted>& out);

// The index in the row's choices; nothing after a report.
[[nodiscard]] std::optional<std::size_t> decode_choice(Report& report, const Value& value, const YamlNode& node);
// The same for a list of choices.
[[nodiscard]] std::vector<std::size_t> decode_choices(Report& report, const Value& value);

// An enumeration whose enumerators are the row's choices, in that order.
template <class E>
  requires std::is_enum_v<E>
void decode(Report& report, const Value& value, E& out) {
  if (const auto index = decode_choice(report, value, value.node)) out = static_cast<E>(*index);
}
template <class E>
  requires std::is_enum_v<E>
void decode(Report& report, const Value& value, std::vector<E>& out) {
  out.clear();
  for (const std::size_t index : decode_choices(report, value)) out.push_back(static_cast<E>(index));
}

// AddressOrOff leaves nothing for `off`.
template <class T>
void decode(Report& report, const Value& value, std::optional<T>& out) {
  out.reset();
  if (value.row->type == SettingType::AddressOrOff && value.node.text == "off") return;
  T read{};
  decode(report, value, read);
  out = std::move(read);
}

}  // namespace quivive::config
