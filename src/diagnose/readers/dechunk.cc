#include "diagnose/readers/dechunk.h"

#include "http/grammar.h"

#include <charconv>

namespace quivive::diagnose::readers {

std::optional<std::string> dechunked(std::string_view body) {
  std::string out;
  bool any = false;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    std::string_view size_line = body.substr(0, end);
    if (size_line.ends_with('\r')) size_line.remove_suffix(1);
    size_line = size_line.substr(0, size_line.find(';'));
    std::size_t size = 0;
    const auto [stop, fault] = std::from_chars(size_line.data(), size_line.data() + size_line.size(), size, 16);
    if (size_line.empty() || fault != std::errc() || stop != size_line.data() + size_line.size()) return std::nullopt;
    if (size == 0 || end == std::string_view::npos) return any ? std::optional(out) : std::nullopt;
    any = true;
    body.remove_prefix(end + 1);
    out += body.substr(0, size);
    if (size >= body.size()) return out;  // cut
    body.remove_prefix(size);
    if (body.starts_with('\r')) body.remove_prefix(1);
    if (!body.starts_with('\n')) return body.empty() ? std::optional(out) : std::nullopt;
    body.remove_prefix(1);
  }
  return any ? std::optional(out) : std::nullopt;
}

}  // namespace quivive::diagnose::readers
