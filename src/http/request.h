#pragma once
// RequestView: a request head as slices of the bytes that arrived. It borrows: valid while those bytes are.

#include <cstdint>
#include <span>
#include <string_view>

namespace quivive::http {

enum class FieldId : std::uint8_t {
  Other,
#define QUIVIVE_FIELD(name, text) name,
#include "http/fields.def"
#undef QUIVIVE_FIELD
};

// The name as the registry spells it; "" for Other.
[[nodiscard]] std::string_view field_name(FieldId id);
// The id of a name in any case; Other for a name that is not on the list.
[[nodiscard]] FieldId field_id(std::string_view name);

// One field line: `name` as sent, `value` without surrounding white space.
struct Field {
  std::string_view name;
  std::string_view value;
  FieldId id = FieldId::Other;
};

struct RequestView {
  std::string_view method;
  std::string_view target;          // request-target as sent (RFC 9112 section 3.2)
  std::uint8_t minor_version = 1;   // HTTP/1.minor
  std::span<const Field> fields;    // in the order sent, repeated names included

  // The first field line of that id, or nullptr. Fields that must be single are checked when the head is parsed.
  [[nodiscard]] const Field* find(FieldId id) const {
    for (const Field& field : fields) {
      if (field.id == id) return &field;
    }
    return nullptr;
  }
  [[nodiscard]] std::string_view value(FieldId id) const {
    const Field* field = find(id);
    return field == nullptr ? std::string_view{} : field->value;
  }
};

}  // namespace quivive::http
