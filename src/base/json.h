#pragma once
// JSON (RFC 8259) behind one door: strict, bounded, and without duplicate members, which two readers could read
// differently (RFC 8725 section 2.4; RFC 7519 section 4).

#include "base/result.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quivive {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

struct JsonLimits {
  std::size_t depth = 16;          // nesting of arrays and objects
  std::size_t bytes = 256 * 1024;  // of the whole text
};

// Where the bytes of a value lie: on the heap, unless another resource is named, which is borrowed and has to outlive it.
// Beware: copies that Boost.JSON makes of a value lie where the original does; copy_json() is for what has to last.
using JsonMemory = boost::json::storage_ptr;

// The one value that `text` is. The error says what is wrong and at which byte offset, never quoting the text.
[[nodiscard]] Result<Json> parse_json(std::string_view text, JsonLimits limits = {}, JsonMemory memory = {});

// A copy on the heap.
[[nodiscard]] Json copy_json(const Json& value);

// Compact text, safe to print: control characters are escaped, those of C1 (U+0080 to U+009F) and DEL too.
[[nodiscard]] std::string to_json(const Json& value);

// `text` as a JSON string, quotes included, likewise safe to print; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quote(std::string_view text);
void append_json_quoted(std::string& out, std::string_view text);

// The member of that name, or nullptr.
[[nodiscard]] const Json* member(const JsonObject& object, std::string_view name);
// The string of that name: nothing where the member is absent or of another type.
[[nodiscard]] std::optional<std::string_view> string_member(const JsonObject& object, std::string_view name);

}  // namespace quivive
