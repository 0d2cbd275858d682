#pragma once
// The logo of the login page: a file of the operator's, sent within the page, so that the page loads nothing.

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace quivive::gateway {

inline constexpr std::size_t kMaxLogoBytes = 128 * 1024;

// The bytes of an image as `data:image/…;base64,…`. What it is is told by its content, not by a file's name: PNG, JPEG, WebP, or an
// SVG document in UTF-8. The Error says in one line, without the file's name, what is wrong. In an <img> an SVG runs no script
// and loads nothing.
[[nodiscard]] Result<std::string> logo_data_uri(std::string_view bytes);

}  // namespace quivive::gateway
