#pragma once
// One line of a message head.

#include <string>
#include <string_view>

namespace quivive::http {

// Appends "name: value" and CRLF. What stands in the value is the caller's care: it may hold no CR, LF or NUL.
inline void add_field_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ", 2).append(value).append("\r\n", 2);
}

}  // namespace quivive::http
