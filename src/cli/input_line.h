#pragma once
// Lines of what is read: of standard input, and of what libcurl says.

#include "base/secret.h"

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>

namespace quivive::cli {

// The first line of standard input, without its end; of what is longer than `most` octets only the beginning, and one octet more, so that it is seen.
[[nodiscard]] inline Secret read_secret_line(std::istream& in, std::size_t most) {
  std::string line;
  line.reserve(most + 2);  // no reallocation, which would leave copies behind
  for (int c = in.get(); c != std::istream::traits_type::eof() && c != '\n' && line.size() <= most + 1; c = in.get()) line += static_cast<char>(c);
  if (line.ends_with('\r')) line.pop_back();
  return Secret{std::move(line)};
}

[[nodiscard]] inline std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

}  // namespace quivive::cli
