#include "config/types.h"

#include "config/units.h"

namespace quivive::config {
namespace {

JsonObject text_schema() { return {{"type", "string"}, {"minLength", 1}}; }
JsonObject pattern_schema(std::string_view pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

// One value, or a list of such values that differ.
JsonObject one_or_many(const JsonObject& item) {
  return {{"anyOf", JsonArray{item, JsonObject{{"type", "array"}, {"items", item}, {"minItems", 1}, {"uniqueItems", true}}}}};
}

JsonObject choice_schema(const Setting& setting) {
  JsonArray names;
  for (const std::string_view name : choices(setting)) {
    names.emplace_back(name);
    // 500 in YAML is a number to a validator.
    if (const auto number = parse_count(name)) names.emplace_back(*number);
  }
  return {{"enum", names}};
}

JsonObject count_schema(const Setting& setting) {
  const Bounds range = bounds(setting);
  return {{"type", "integer"}, {"minimum", parse_count(range.least).value()}, {"maximum", parse_count(range.most).value()}};
}

JsonObject mapping_of(std::string_view name, const JsonObject& value) {
  return {{"type", "object"}, {"properties", JsonObject{{name, value}}}, {"required", JsonArray{name}}, {"additionalProperties", false}};
}

JsonObject wanted_schema() {
  const JsonObject list = one_or_many(text_schema());
  return {{"anyOf", JsonArray{list, mapping_of("all", list), mapping_of("any", list)}}};
}

JsonObject keys_schema() {
  const JsonObject set{{"type", "object"},
                       {"properties", JsonObject{{"keys", JsonObject{{"type", "array"}, {"items", JsonObject{{"type", "object"}}}, {"minItems", 1}}}}},
                       {"required", JsonArray{"keys"}}};
  return {{"anyOf", JsonArray{pattern_schema("^(discover$|file:.|https?://)"), set}}};
}

}  // namespace

std::string_view type_name(SettingType type) {
  switch (type) {
    case SettingType::Bool: return "true or false";
    case SettingType::Count: return "a number";
    case SettingType::Size: return "a size (such as 16KiB)";
    case SettingType::Duration: return "a duration (such as 60s)";
    case SettingType::TextList: return "a text or a list of texts";
    case SettingType::Choice: return "one of the choices";
    case SettingType::ChoiceList: return "a choice or a list of choices";
    case SettingType::File: return "a file name";
    case SettingType::SecretFile: return "the name of a file that holds a secret";
    case SettingType::Address: return "an address (such as 127.0.0.1:8080)";
    case SettingType::AddressOrOff: return "an address (such as 127.0.0.1:8080) or off";
    case SettingType::Url: return "a URL";
    case SettingType::UpstreamRef: return "the name of an upstream or a URL";
    case SettingType::Host: return "a host name";
    case SettingType::HostPattern: return "a host name or *.name";
    case SettingType::RoutePath: return "a path";
    case SettingType::MethodList: return "a method or a list of methods";
    case SettingType::OriginList: return "an origin or a list of origins";
    case SettingType::NetworkList: return "a network or a list of networks";
    case SettingType::FieldName: return "a header name";
    case SettingType::FieldNameOrOff: return "a header name or off";
    case SettingType::FieldPrefix: return "the beginning of header names";
    case SettingType::CookieName: return "a cookie's name";
    case SettingType::QueryName: return "a query parameter";
    case SettingType::Audience: return "a text, a list of texts, or any";
    case SettingType::Keys: return "discover, a URL, file:FILE or a JWK set";
    case SettingType::Store: return "memory or sqlite:FILE";
    case SettingType::Wanted: return "a text, a list, {all: [...]} or {any: [...]}";
    case SettingType::Claims: return "a mapping from claim to values";
    default: return "a text";
  }
}

JsonObject value_schema(const Setting& setting) {
  switch (setting.type) {
    case SettingType::Bool: return {{"type", "boolean"}};
    case SettingType::Count: return count_schema(setting);
    case SettingType::Size:
      return {{"anyOf", JsonArray{JsonObject{{"type", "integer"}, {"minimum", 0}}, pattern_schema("^[0-9]+([KMG]iB)?$")}}};
    case SettingType::Duration: return {{"anyOf", JsonArray{JsonObject{{"const", 0}}, pattern_schema("^(0|[0-9]+(ms|s|m|h|d))$")}}};
    case SettingType::Choice: return choice_schema(setting);
    case SettingType::ChoiceList: return one_or_many(choice_schema(setting));
    case SettingType::Url: return pattern_schema("^https?://");
    case SettingType::RoutePath: return pattern_schema("^/");
    case SettingType::Store: return pattern_schema("^(memory$|sqlite:.)");
    case SettingType::NetworkList: return {{"anyOf", JsonArray{text_schema(), JsonObject{{"type", "array"}, {"items", text_schema()}}}}};
    case SettingType::TextList:
    case SettingType::MethodList:
    case SettingType::OriginList:
    case SettingType::Audience: return one_or_many(text_schema());
    case SettingType::Keys: return keys_schema();
    case SettingType::Wanted: return wanted_schema();
    case SettingType::Claims:
      return {{"type", "object"}, {"additionalProperties", one_or_many(text_schema())}, {"minProperties", 1}};
    default: return text_schema();
  }
}

}  // namespace quivive::config
