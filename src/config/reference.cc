#include "config/reference.h"

#include "config/settings.h"
#include "config/types.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::config {
namespace {

constexpr std::string_view kHead = R"(# Configuration reference

Every setting, generated from `src/config/settings.def`. For a first read see [Configuration](../configuration.md). Editors complete
and check the file by [quivive.schema.json](quivive.schema.json); with a copy beside the file, this is its first line:

    # yaml-language-server: $schema=quivive.schema.json

- Durations have a unit: `500ms`, `60s`, `10m`, `12h`, `90d`. Sizes are bytes, or `16KiB`, `1MiB`, `1GiB`.
- Where a list is taken, a single value stands for a list of one.
- File names are relative to the folder of the configuration file. A secret is never written here, only the name of its file.
- Every setting is applied by `SIGHUP`, but for those marked *restart*: they keep the value that runs, and the reload warns. A wrong file
  changes nothing.
- Names that are not listed here, names given twice, anchors, aliases and tags are errors.

)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string values_cell(const Setting& row) {
  switch (row.type) {
    case SettingType::Choice:
    case SettingType::ChoiceList: {
      std::string out = row.type == SettingType::ChoiceList ? "any of " : "";
      for (const std::string_view name : choices(row)) out += fmt::format("{}`{}`", out.empty() || out.ends_with(' ') ? "" : ", ", name);
      return out;
    }
    case SettingType::Count:
    case SettingType::Size:
    case SettingType::Duration: return fmt::format("{}, {} to {}", type_name(row.type), bounds(row).least, bounds(row).most);
    default: return std::string(type_name(row.type));
  }
}

std::string default_cell(const Setting& row) {
  if (row.default_text == kRequired) return "**required**";
  return row.default_text.empty() ? "" : fmt::format("`{}`", row.default_text);
}

void append_rows(std::string& out, const std::vector<const Setting*>& rows) {
  out += "| setting | takes | default | |\n|---|---|---|---|\n";
  for (const Setting* row : rows) {
    if (is_group(row->type)) continue;
    out += fmt::format("| `{}` | {} | {} | {}{} |\n", last_name(row->path), escaped(values_cell(*row)), escaped(default_cell(*row)), escaped(row->doc),
                       row->reloading == Reloading::Restart ? " *Restart.*" : "");
  }
  out += '\n';
}

void append_group(std::string& out, const Setting& group);

void append_groups(std::string& out, const std::vector<const Setting*>& rows) {
  for (const Setting* row : rows) {
    if (is_group(row->type)) append_group(out, *row);
  }
}

void append_group(std::string& out, const Setting& group) {
  const bool list = group.type == SettingType::SectionList;
  const std::string path = fmt::format("{}{}", group.path, list ? "[]" : "");
  out += fmt::format("## `{}`\n\n{}", path, group.doc);
  if (!group.bounds.empty()) out += fmt::format(" Plain text stands for `{}`.", group.bounds);
  if (group.reloading == Reloading::Restart) out += " To add it or to take it away: *restart.*";
  out += "\n\n";
  const auto rows = settings_below(path);
  const bool has_values = std::any_of(rows.begin(), rows.end(), [](const Setting* row) { return !is_group(row->type); });
  if (has_values) append_rows(out, rows);
  append_groups(out, rows);
}

}  // namespace

std::string reference_markdown() {
  std::string out(kHead);
  out += "## Top level\n\n";
  const auto rows = settings_below("");
  append_rows(out, rows);
  append_groups(out, rows);
  out.pop_back();  // one newline at the end
  return out;
}

}  // namespace quivive::config
