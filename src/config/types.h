#pragma once
// SettingType for people and for editors: its name, what it looks like, its JSON Schema.

#include "base/json.h"
#include "config/settings.h"

#include <string_view>

namespace quivive::config {

// With article: "a duration (such as 60s)". Not for groups.
[[nodiscard]] std::string_view type_name(SettingType type);
// What a value of that row may be, as JSON Schema 2020-12. Not for groups.
[[nodiscard]] JsonObject value_schema(const Setting& setting);

}  // namespace quivive::config
