#include "config/diagnostic.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::config {
namespace {

std::string place(const Diagnostic& diagnostic, std::string_view file) {
  if (diagnostic.line == 0) return fmt::format("{}:", file);
  return fmt::format("{}:{}:{}", file, diagnostic.line, diagnostic.column);
}

// File names and setting names come from outside: nothing of them may move the cursor of a terminal.
std::string line(const Diagnostic& diagnostic, std::string_view file, std::size_t width) {
  std::string out = fmt::format("{:<{}}  ", place(diagnostic, file), width);
  if (diagnostic.severity == Severity::Warning) out += "warning: ";
  if (!diagnostic.path.empty()) out += printable(diagnostic.path) + ": ";
  return out + printable(diagnostic.message, 500);
}

}  // namespace

std::string format(const Diagnostic& diagnostic, std::string_view file) { return format(std::span(&diagnostic, 1), file); }

std::string format(std::span<const Diagnostic> diagnostics, std::string_view file) {
  const std::string name = printable(file);
  std::size_t width = 0;
  for (const Diagnostic& diagnostic : diagnostics) width = std::max(width, place(diagnostic, name).size());
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!out.empty()) out += '\n';
    out += line(diagnostic, name, width);
  }
  return out;
}

}  // namespace quivive::config
