#pragma once
// Proactive negotiation by Accept (RFC 9110 section 12.5.1).

#include "http/request.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <string_view>

namespace quivive::http {

// The index of the offered media type ("application/json", lower case, without parameters) that the client prefers: by
// the quality of the most specific range that fits it, then by the order offered. The first where nothing
// of an Accept can be read; nothing where none is acceptable. Parameters of ranges other than q are ignored, elements
// that cannot be read are skipped, and no more than 64 of a field are read.
[[nodiscard]] std::optional<std::size_t> choose_media_type(std::span<const std::string_view> offered, std::string_view accept);
// The same over all Accept fields of a request.
[[nodiscard]] std::optional<std::size_t> choose_media_type(std::span<const std::string_view> offered, std::span<const Field> fields);

// Whether some Accept names that very media type (lower case, without parameters) with a quality above 0; `*/*` and `text/*`
// name none. The same bounds.
[[nodiscard]] bool names_media_type(std::string_view media_type, std::span<const Field> fields);

}  // namespace quivive::http
