#include "cli/screen.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace quivive::cli {

diagnose::TextStyle style_of(const std::ostream& out) {
  diagnose::TextStyle style;
  if (&out != &std::cout) return style;
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr && *columns != '\0') {
    const long wide = std::strtol(columns, nullptr, 10);
    if (wide > 0 && wide < 10000) style.width = static_cast<std::size_t>(wide);
  }
  if (::isatty(STDOUT_FILENO) == 0) return style;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  style.colour = (no_color == nullptr || *no_color == '\0') && term != nullptr && std::string_view(term) != "dumb";
  return style;
}

bool is_typed(const std::istream& in) { return &in == &std::cin && ::isatty(STDIN_FILENO) != 0; }

bool is_shown(const std::ostream& out) {
  return (&out == &std::cout && ::isatty(STDOUT_FILENO) != 0) || (&out == &std::cerr && ::isatty(STDERR_FILENO) != 0);
}

bool share_a_screen(const std::ostream& out, const std::ostream& err) {
  struct stat one {}, other {};
  return is_shown(out) && is_shown(err) && ::fstat(STDOUT_FILENO, &one) == 0 && ::fstat(STDERR_FILENO, &other) == 0 && one.st_rdev == other.st_rdev;
}

}  // namespace quivive::cli
