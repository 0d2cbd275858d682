#pragma once
// Placeholders: what people write where a value belongs, and forget to replace.

#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::readers {

// `{{token}}`, `${TOKEN}`, `<YOUR_TOKEN>`, `%TOKEN%`, `YOUR_API_KEY`, and `:token` as a whole credential; at most eight, in
// order. `markup` leaves out the forms that XML, templates and form data are full of: only `{{…}}` and `${…}` are left.
[[nodiscard]] std::vector<std::string_view> find_placeholders(std::string_view text, bool markup = false);

// `$NAME` and `${NAME}` that stand for a whole value, or a whole part of one: after `Bearer `, `:`, `=` or at the beginning,
// and with nothing glued to their end. At most eight, in order.
[[nodiscard]] std::vector<std::string_view> find_variables(std::string_view text);

}  // namespace quivive::diagnose::readers
