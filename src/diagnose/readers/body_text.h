#pragma once
// Bodies as recordings hold them: what of a body is kept, and in which form.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quivive::diagnose {

// As much of `body` as is kept, not ending within a character of UTF-8, and whether something is missing: `cut` where it was
// already.
[[nodiscard]] std::pair<std::string, bool> kept_body(std::string_view body, bool cut);

// A media type (with or without parameters) whose bodies are for reading: text/…, JSON, XML, forms, scripts. Also "".
[[nodiscard]] bool is_text_type(std::string_view media_type);

// Base64 of either alphabet, padded or not, white space left out of account; nothing where it is something else. `cut`: more
// followed, and the last group may be incomplete.
[[nodiscard]] std::optional<std::string> decode_base64_loosely(std::string_view text, bool cut = false);

// application/x-www-form-urlencoded, a name or a value; what is percent-encoded already stays as it is.
void append_form_encoded(std::string& out, std::string_view text);

}  // namespace quivive::diagnose
