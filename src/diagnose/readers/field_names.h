#pragma once
// Which side of an exchange a field line belongs to that stands alone.

#include <cstdint>
#include <string_view>

namespace quivive::diagnose::readers {

enum class FieldSide : std::uint8_t { Request, Response, Either };
// Fields that nobody registered are taken to be of requests: keys travel in them.
[[nodiscard]] FieldSide side_of(std::string_view name);

// Whether a line with that name, and nothing else, is plainly about HTTP authentication.
[[nodiscard]] bool is_auth_field(std::string_view name);

}  // namespace quivive::diagnose::readers
