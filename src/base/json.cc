#include "base/json.h"

#include "base/text.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <vector>

namespace quivive {
namespace {

// Builds the value from the parser's events, refusing a member name that its object already has.
struct Builder {
  static constexpr std::size_t max_object_size = 4096;
  static constexpr std::size_t max_array_size = 65536;
  static constexpr std::size_t max_key_size = 1024;
  static constexpr std::size_t max_string_size = 256 * 1024;

  struct Frame {
    Json container;
    std::string key;
  };
  std::vector<Frame> frames;
  Json root;
  std::string text;
  bool duplicate = false;

  using error_code = boost::json::error_code;

  bool put(Json value, error_code& ec) {
    if (frames.empty()) {
      root = std::move(value);
      return true;
    }
    Frame& top = frames.back();
    if (top.container.is_array()) {
      top.container.get_array().push_back(std::move(value));
      return true;
    }
    if (!top.container.get_object().emplace(top.key, std::move(value)).second) {
      duplicate = true;
      ec = boost::json::error::syntax;
      return false;
    }
    return true;
  }
  bool open(Json container) {
    frames.push_back({std::move(container), {}});
    return true;
  }
  bool close(error_code& ec) {
    Json done = std::move(frames.back().container);
    frames.pop_back();
    return put(std::move(done), ec);
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(JsonObject{}); }
  bool on_object_end(std::size_t, error_code& ec) { return close(ec); }
  bool on_array_begin(error_code&) { return open(JsonArray{}); }
  bool on_array_end(std::size_t, error_code& ec) { return close(ec); }
  bool on_key_part(std::string_view s, std::size_t, error_code&) { return text += s, true; }
  bool on_key(std::string_view s, std::size_t, error_code&) {
    text += s;
    frames.back().key = std::move(text);
    text.clear();
    return true;
  }
  bool on_string_part(std::string_view s, std::size_t, error_code&) { return text += s, true; }
  bool on_string(std::string_view s, std::size_t, error_code& ec) {
    text += s;
    const bool ok = put(Json(boost::json::string(text)), ec);
    text.clear();
    return ok;
  }
  bool on_number_part(std::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t v, std::string_view, error_code& ec) { return put(Json(v), ec); }
  bool on_uint64(std::uint64_t v, std::string_view, error_code& ec) { return put(Json(v), ec); }
  bool on_double(double v, std::string_view, error_code& ec) { return put(Json(v), ec); }
  bool on_bool(bool v, error_code& ec) { return put(Json(v), ec); }
  bool on_null(error_code& ec) { return put(Json(nullptr), ec); }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }
};

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes) return error("JSON text of {} bytes; at most {} are read", text.size(), limits.bytes);
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::basic_parser<Builder> parser(options);
  boost::json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (parser.handler().duplicate) return error("duplicate member name before offset {}", used);
  if (ec == boost::json::error::too_deep) return error("nested deeper than {} at offset {}", limits.depth, used);
  if (ec) return error("not JSON: {} at offset {}", ec.message(), used);
  const auto rest = text.substr(used);
  if (!std::all_of(rest.begin(), rest.end(), [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; })) {
    return error("not JSON: more text after the value at offset {}", used);
  }
  return std::move(parser.handler().root);
}

std::string to_json(const Json& value) { return boost::json::serialize(value); }

void append_json_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.push_back('"');
  const bool utf8 = is_valid_utf8(text);
  for (const char c : text) {
    const auto b = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (b < 0x20 || b == 0x7f) {
      out += {'\\', 'u', '0', '0', digits[b >> 4], digits[b & 15]};
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
