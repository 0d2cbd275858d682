#include "config/types.h"

#include "config/number_pattern.h"
#include "config/units.h"

namespace quivive::config {
namespace {

// What a validator takes for a number or a boolean is text where text is asked for: `realm: 5`.
JsonObject text_schema() { return {{"type", JsonArray{"string", "number", "boolean"}}, {"minLength", 1}}; }
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

// A number with one of these units, within the row's bounds; `parse` reads it.
template <class Parse>
std::string pattern_within(const Setting& setting, std::initializer_list<std::string_view> units, Parse parse) {
  const auto read = [&](std::string_view text) { return static_cast<std::uint64_t>(*parse(text)); };
  const Bounds range = bounds(setting);
  const std::uint64_t least = read(range.least), most = read(range.most);
  std::string out;
  for (const std::string_view unit : units) {
    const std::uint64_t factor = unit.empty() ? 1 : read(fmt::format("1{}", unit));
    const std::uint64_t from = (least + factor - 1) / factor, to = most / factor;
    if (from <= to) out += fmt::format("{}({}){}", out.empty() ? "" : "|", number_pattern(from, to), unit);
  }
  return fmt::format("^0*({})$", out);
}

JsonObject size_schema(const Setting& setting) {
  const auto read = [](std::string_view text) { return parse_size(text); };
  const Bounds range = bounds(setting);
  const JsonObject number{{"type", "integer"}, {"minimum", read(range.least).value()}, {"maximum", read(range.most).value()}};
  return {{"anyOf", JsonArray{number, pattern_schema(pattern_within(setting, {"", "KiB", "MiB", "GiB"}, read))}}};
}

JsonObject duration_schema(const Setting& setting) {
  const auto read = [](std::string_view text) -> Result<std::uint64_t> {
    const auto duration = parse_duration(text);
    if (!duration) return duration.error();
    return static_cast<std::uint64_t>(duration->count());
  };
  const std::string pattern = pattern_within(setting, {"ms", "s", "m", "h", "d"}, read);
  if (*read(bounds(setting).least) > 0) return pattern_schema(pattern);
  return {{"anyOf", JsonArray{JsonObject{{"const", 0}}, pattern_schema("^0+$"), pattern_schema(pattern)}}};
}

JsonObject address_schema(bool off) {
  return pattern_schema(fmt::format("{}^(\\[.+\\]|[^:]*):0*({})$", off ? "^off$|" : "", number_pattern(0, 65535)));
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
    case SettingType::Size: return size_schema(setting);
    case SettingType::Duration: return duration_schema(setting);
    case SettingType::Address: return address_schema(false);
    case SettingType::AddressOrOff: return address_schema(true);
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
