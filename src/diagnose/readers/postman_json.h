#pragma once
// Members of a collection, read as far as they are what was expected: exporters and hands write many variants.

#include "base/json.h"

#include <string>
#include <string_view>

namespace quivive::diagnose::postman {

[[nodiscard]] inline const JsonObject* object_member(const JsonObject& in, std::string_view name) {
  const Json* value = member(in, name);
  return value == nullptr ? nullptr : value->if_object();
}

[[nodiscard]] inline const JsonArray* array_member(const JsonObject& in, std::string_view name) {
  const Json* value = member(in, name);
  return value == nullptr ? nullptr : value->if_array();
}

// A string as it is, a number or Boolean as it is written; "" for anything else.
[[nodiscard]] inline std::string text_of(const Json* value) {
  if (value == nullptr || value->is_null() || value->is_structured()) return {};
  if (const auto* text = value->if_string()) return std::string(std::string_view(*text));
  return to_json(*value);
}
[[nodiscard]] inline std::string text_member(const JsonObject& in, std::string_view name) { return text_of(member(in, name)); }

[[nodiscard]] inline bool is_true(const JsonObject& in, std::string_view name) {
  const Json* value = member(in, name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace quivive::diagnose::postman
