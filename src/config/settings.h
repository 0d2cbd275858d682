#pragma once
// The list of settings, config/settings.def, as a table.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::config {

enum class SettingType : std::uint8_t {
  // Groups
  Section,      // a mapping of the settings below
  SectionList,  // a list of such mappings
  UpstreamMap,  // names, each a mapping of the settings below `upstream`
  // Values
  Bool,
  Count,
  Size,
  Duration,
  Text,
  TextList,
  Choice,
  ChoiceList,
  File,
  SecretFile,  // a file that holds a secret; a secret itself never stands in a configuration
  Address,
  AddressOrOff,
  Url,
  UpstreamRef,
  Host,
  HostPattern,
  RoutePath,
  MethodList,
  OriginList,
  NetworkList,
  FieldName,
  FieldNameOrOff,
  FieldPrefix,
  CookieName,
  QueryName,
  Audience,
  Keys,
  Store,
  Wanted,
  Claims,
};

enum class Reloading : std::uint8_t { Reload, Restart };

// As Setting::default_text.
inline constexpr std::string_view kRequired = "<required>";

struct Setting {
  std::string_view path;
  SettingType type;
  std::string_view default_text;
  std::string_view bounds;
  Reloading reloading;
  std::string_view doc;
};

// Every row, in the order of the list.
[[nodiscard]] std::span<const Setting> all_settings();
// The row with that path (with `[]` for list items), or nullptr.
[[nodiscard]] const Setting* find_setting(std::string_view path);
// The rows directly below a path; "" for the top level.
[[nodiscard]] std::vector<const Setting*> settings_below(std::string_view path);

// The part after the last dot.
[[nodiscard]] std::string_view last_name(std::string_view path);
// Section, SectionList, UpstreamMap: it has settings below it and no value of its own.
[[nodiscard]] bool is_group(SettingType type);
// Its value may name a file.
[[nodiscard]] bool names_files(SettingType type);
// The parts of "a|b|c".
[[nodiscard]] std::vector<std::string_view> choices(const Setting& setting);

struct Bounds {
  std::string_view least, most;
};
// The parts of "least..most".
[[nodiscard]] Bounds bounds(const Setting& setting);

}  // namespace quivive::config
