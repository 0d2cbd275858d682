#pragma once
// What the text of a setting may be, by its type: the checks that need no other setting.

#include "base/result.h"
#include "config/settings.h"

#include <span>
#include <string>
#include <string_view>

namespace quivive::config {

// The text as Config keeps it: hosts in lower case, "" for `off`. An Error says what is wrong with it, without the path.
[[nodiscard]] Result<std::string> accept_text(SettingType type, std::string_view text);

// Whether a header of that name may be added or read by configuration: not one that frames, routes or authenticates a
// message by itself, such as Host or Transfer-Encoding.
[[nodiscard]] Result<void> check_field_name(std::string_view name);

// The name that `word` was most likely meant to be, or nothing: closest(), or the one that it is the first half or more of.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> names);

}  // namespace quivive::config
