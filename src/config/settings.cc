#include "config/settings.h"

#include <algorithm>

namespace quivive::config {
namespace {

constexpr std::string_view kAlgorithmNames =
#define QUIVIVE_JWS_ALGORITHM(name, ...) #name "|"
#include "jose/algorithms.def"
#undef QUIVIVE_JWS_ALGORITHM
    ;
constexpr std::string_view kDigestAlgorithmNames =
#define QUIVIVE_DIGEST_ALGORITHM(name, text, ...) text "|"
#include "digest/algorithms.def"
#undef QUIVIVE_DIGEST_ALGORITHM
    ;

constexpr Setting kSettings[] = {
#define QUIVIVE_SETTING(path, type, default_text, bounds, reload, doc) \
  {path, SettingType::type, default_text, bounds, Reloading::reload, doc},
#include "config/settings.def"
#undef QUIVIVE_SETTING
};

// What stands before the last dot, without the `[]` of a list.
std::string_view parent(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

const Setting* find_setting(std::string_view path) {
  const auto found = std::find_if(std::begin(kSettings), std::end(kSettings), [&](const Setting& row) { return row.path == path; });
  return found == std::end(kSettings) ? nullptr : &*found;
}

std::vector<const Setting*> settings_below(std::string_view path) {
  std::vector<const Setting*> out;
  for (const Setting& row : kSettings) {
    if (parent(row.path) == path) out.push_back(&row);
  }
  return out;
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('.') + 1); }

bool is_group(SettingType type) {
  return type == SettingType::Section || type == SettingType::SectionList || type == SettingType::UpstreamMap;
}

bool names_files(SettingType type) {
  return type == SettingType::File || type == SettingType::SecretFile || type == SettingType::Keys || type == SettingType::Store;
}

std::vector<std::string_view> choices(const Setting& setting) {
  std::vector<std::string_view> out;
  for (std::string_view rest = setting.bounds; !rest.empty();) {
    const auto bar = std::min(rest.find('|'), rest.size());
    if (bar > 0) out.push_back(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return out;
}

Bounds bounds(const Setting& setting) {
  const auto dots = setting.bounds.find("..");
  return {setting.bounds.substr(0, dots), setting.bounds.substr(dots + 2)};
}

}  // namespace quivive::config
