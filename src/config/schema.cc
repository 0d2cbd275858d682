#include "base/json.h"
#include "config/reference.h"
#include "config/settings.h"
#include "config/types.h"

namespace quivive::config {
namespace {

JsonObject group_schema(std::string_view path);

JsonObject reference_to_upstream() { return {{"$ref", "#/$defs/upstream"}}; }

JsonObject setting_schema(const Setting& row) {
  JsonObject schema;
  switch (row.type) {
    case SettingType::Section: schema = row.path == "upstream" ? reference_to_upstream() : group_schema(row.path); break;
    case SettingType::SectionList:
      schema = {{"type", "array"}, {"items", group_schema(std::string(row.path) + "[]")}, {"minItems", 1}};
      break;
    case SettingType::UpstreamMap: schema = {{"type", "object"}, {"additionalProperties", reference_to_upstream()}, {"minProperties", 1}}; break;
    default: schema = value_schema(row); break;
  }
  schema["description"] = row.doc;
  return schema;
}

// A mapping of the settings below a path; or plain text, where that stands for one of them.
JsonObject group_schema(std::string_view path) {
  JsonObject properties;
  JsonArray required;
  for (const Setting* row : settings_below(path)) {
    properties[last_name(row->path)] = setting_schema(*row);
    if (row->default_text == kRequired) required.emplace_back(last_name(row->path));
  }
  JsonObject schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema["required"] = std::move(required);
  if (path == "routes[].require") schema["minProperties"] = 1;
  const Setting* self = find_setting(path);
  if (self == nullptr || self->bounds.empty()) return schema;
  const Setting* stands_for = find_setting(std::string(path) + "." + std::string(self->bounds));
  return {{"anyOf", JsonArray{value_schema(*stands_for), std::move(schema)}}};
}

// Indented by two spaces: the committed copy is read and compared by people too.
void append_pretty(std::string& out, const Json& value, std::size_t depth) {
  const auto new_line = [&](std::size_t levels) { out.append("\n").append(2 * levels, ' '); };
  if (value.is_object() && !value.get_object().empty()) {
    out += '{';
    bool first = true;
    for (const auto& [name, item] : value.get_object()) {
      if (!first) out += ',';
      first = false;
      new_line(depth + 1);
      append_json_quoted(out, name);
      out += ": ";
      append_pretty(out, item, depth + 1);
    }
    new_line(depth);
    out += '}';
  } else if (value.is_array() && !value.get_array().empty() && !value.get_array()[0].is_string()) {
    out += '[';
    bool first = true;
    for (const Json& item : value.get_array()) {
      if (!first) out += ',';
      first = false;
      new_line(depth + 1);
      append_pretty(out, item, depth + 1);
    }
    new_line(depth);
    out += ']';
  } else {
    out += to_json(value);
  }
}

}  // namespace

std::string json_schema() {
  JsonObject schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Quivive configuration"}};
  for (auto& [name, part] : group_schema("")) schema[name] = part;
  // `accept: {}` is for a token service of its own alone: its tokens are accepted.
  schema["anyOf"] = JsonArray{JsonObject{{"required", JsonArray{"issuer"}}},
                              JsonObject{{"properties", JsonObject{{"accept", JsonObject{{"minProperties", 1}}}}}}};
  schema["$defs"] = JsonObject{{"upstream", group_schema("upstream")}};
  std::string out;
  append_pretty(out, schema, 0);
  return out + "\n";
}

}  // namespace quivive::config
