#include "base/json.h"

#include "base/text.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>

namespace quivive {
namespace {

// Stacks up the value from the parser's events, and counts the members that were written.
struct Builder {
  static constexpr std::size_t max_object_size = 4096;
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);  // bounded by JsonLimits::bytes
  static constexpr std::size_t max_key_size = 1024;
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);  // bounded likewise

  using error_code = boost::json::error_code;

  boost::json::value_stack& stack;
  std::size_t members = 0;

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t n, error_code&) { return members += n, stack.push_object(n), true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code&) { return stack.push_array(n), true; }
  bool on_key_part(std::string_view s, std::size_t, error_code&) { return stack.push_chars(s), true; }
  bool on_key(std::string_view s, std::size_t, error_code&) { return stack.push_key(s), true; }
  bool on_string_part(std::string_view s, std::size_t, error_code&) { return stack.push_chars(s), true; }
  bool on_string(std::string_view s, std::size_t, error_code&) { return stack.push_string(s), true; }
  bool on_number_part(std::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t v, std::string_view, error_code&) { return stack.push_int64(v), true; }
  bool on_uint64(std::uint64_t v, std::string_view, error_code&) { return stack.push_uint64(v), true; }
  bool on_double(double v, std::string_view, error_code&) { return stack.push_double(v), true; }
  bool on_bool(bool v, error_code&) { return stack.push_bool(v), true; }
  bool on_null(error_code&) { return stack.push_null(), true; }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }
};

// Members of all objects in `value`. Recurses as deep as JsonLimits::depth let the parser go.
std::size_t count_members(const Json& value) {
  std::size_t count = 0;
  if (const JsonObject* object = value.if_object()) {
    count = object->size();
    for (const auto& entry : *object) count += count_members(entry.value());
  } else if (const JsonArray* array = value.if_array()) {
    for (const Json& item : *array) count += count_members(item);
  }
  return count;
}

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits, JsonMemory memory) {
  if (text.size() > limits.bytes) return error("JSON text of {} bytes; at most {} are read", text.size(), limits.bytes);
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  // Enough for what a token holds, so that only the value itself is allocated.
  alignas(Json) unsigned char scratch[4096];
  boost::json::value_stack stack({}, scratch, sizeof scratch);
  stack.reset(std::move(memory));
  boost::json::basic_parser<Builder> parser(options, Builder{stack});
  boost::json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec == boost::json::error::too_deep) return error("nested deeper than {} at offset {}", limits.depth, used);
  if (ec) return error("not JSON: {} at offset {}", ec.message(), used);
  Json value = stack.release();
  // Of members with one name the stack kept the last only, with all that was in the others gone: then fewer are left.
  if (count_members(value) != parser.handler().members) return error("duplicate member name before offset {}", used);
  const auto rest = text.substr(used);
  if (!std::all_of(rest.begin(), rest.end(), [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; })) {
    return error("not JSON: more text after the value at offset {}", used);
  }
  return value;
}

Json copy_json(const Json& value) { return Json(value, boost::json::storage_ptr{}); }

namespace {

void append_escape(std::string& out, unsigned char control) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += {'\\', 'u', '0', '0', digits[control >> 4], digits[control & 15]};
}

// Whether U+0080 to U+009F, as UTF-8, stands at `at`. Threat: terminals take U+009B for the beginning of a command.
bool is_c1_control(std::string_view text, std::size_t at) {
  if (text[at] != '\xc2' || at + 1 == text.size()) return false;
  const auto next = static_cast<unsigned char>(text[at + 1]);
  return next >= 0x80 && next < 0xa0;
}

}  // namespace

std::string to_json(const Json& value) {
  std::string text = boost::json::serialize(value);
  if (text.find_first_of("\x7f\xc2") == std::string::npos) return text;
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_c1_control(text, i)) append_escape(out, static_cast<unsigned char>(text[++i]));
    else if (text[i] == '\x7f') append_escape(out, 0x7f);
    else out.push_back(text[i]);
  }
  return out;
}

void append_json_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  // Most texts are plain to their end, and copied as they are.
  const auto special = std::ranges::find_if(text, [](char c) {
    const auto b = static_cast<unsigned char>(c);
    return b < 0x20 || b >= 0x7f || c == '"' || c == '\\';
  });
  out.append(text.begin(), special);
  text.remove_prefix(static_cast<std::size_t>(special - text.begin()));
  const bool utf8 = is_valid_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto b = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (b < 0x20 || b == 0x7f) {
      append_escape(out, b);
    } else if (utf8 && is_c1_control(text, i)) {
      append_escape(out, static_cast<unsigned char>(text[++i]));
    } else if (b >= 0x80 && !utf8) {
      out += "\xef\xbf\xbd";
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

std::string json_quote(std::string_view text) {
  std::string out;
  append_json_quoted(out, text);
  return out;
}

const Json* member(const JsonObject& object, std::string_view name) { return object.if_contains(name); }

std::optional<std::string_view> string_member(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

}  // namespace quivive
