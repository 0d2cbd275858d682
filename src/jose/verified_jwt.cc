#include "jose/verified_jwt.h"

namespace quivive::jose {
namespace {

std::vector<std::string_view> strings_of(const Json* value) {
  std::vector<std::string_view> out;
  if (value != nullptr && value->is_string()) out.emplace_back(value->get_string());
  if (value != nullptr && value->is_array()) {
    for (const Json& item : value->get_array()) {
      if (item.is_string()) out.emplace_back(item.get_string());
    }
  }
  return out;
}

void append_words(std::vector<std::string_view>& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    if (space != 0) out.push_back(text.substr(0, space));
    if (space == std::string_view::npos) return;
    text.remove_prefix(space + 1);
  }
}

}  // namespace

std::vector<std::string_view> VerifiedJwt::audiences() const { return strings_of(member(claims(), "aud")); }

std::vector<std::string_view> VerifiedJwt::scopes() const {
  const Json* value = member(claims(), "scope");
  if (value == nullptr) value = member(claims(), "scp");
  std::vector<std::string_view> out;
  for (const std::string_view text : strings_of(value)) append_words(out, text);
  return out;
}

std::vector<std::string_view> VerifiedJwt::strings(std::string_view name) const { return strings_of(claim(name)); }

const Json* VerifiedJwt::claim(std::string_view name) const { return find_claim(claims(), name); }

const Json* find_claim(const JsonObject& claims, std::string_view name) {
  // Claim names may hold dots themselves ("https://example.com/roles"), so the whole name is tried first.
  if (const Json* whole = member(claims, name)) return whole;
  const JsonObject* object = &claims;
  for (;;) {
    const std::size_t dot = name.find('.');
    const Json* value = member(*object, name.substr(0, dot));
    if (value == nullptr || dot == std::string_view::npos) return value;
    if (!value->is_object()) return nullptr;
    object = &value->get_object();
    name.remove_prefix(dot + 1);
  }
}

}  // namespace quivive::jose
