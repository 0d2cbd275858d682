#include "jose/verified_jwt.h"

namespace quivive::jose {
namespace {

// Calls `take` for the string that `value` is, or for each string in the array.
template <class Take>
void each_string(const Json* value, Take take) {
  if (value == nullptr) return;
  if (value->is_string()) return take(std::string_view(value->get_string()));
  if (!value->is_array()) return;
  for (const Json& item : value->get_array()) {
    if (item.is_string()) take(std::string_view(item.get_string()));
  }
}

void append_strings_of(const Json* value, std::vector<std::string_view>& out) {
  each_string(value, [&](std::string_view text) { out.push_back(text); });
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

std::vector<std::string_view> VerifiedJwt::audiences() const {
  std::vector<std::string_view> out;
  append_strings_of(member(claims(), "aud"), out);
  return out;
}

void VerifiedJwt::append_scopes(std::vector<std::string_view>& out) const {
  const Json* value = member(claims(), "scope");
  if (value == nullptr) value = member(claims(), "scp");
  each_string(value, [&](std::string_view text) { append_words(out, text); });
}

std::vector<std::string_view> VerifiedJwt::scopes() const {
  std::vector<std::string_view> out;
  append_scopes(out);
  return out;
}

void VerifiedJwt::append_strings(std::string_view name, std::vector<std::string_view>& out) const {
  append_strings_of(claim(name), out);
}

std::vector<std::string_view> VerifiedJwt::strings(std::string_view name) const {
  std::vector<std::string_view> out;
  append_strings(name, out);
  return out;
}

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
