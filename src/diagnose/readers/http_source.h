#pragma once
// What .http files of editors have beside requests: separators, comments, variables, placeholders.

#include "diagnose/capture.h"

#include <map>
#include <string>
#include <string_view>

namespace quivive::diagnose::readers {

class HttpSource {
 public:
  void separator(std::string_view line) { written_ = written_ || line.starts_with("###"); }
  // A line between messages: `@name = value`, else nothing of interest.
  void line(std::string_view line);
  [[nodiscard]] bool is_comment(std::string_view line) const { return line.starts_with('#') || line.starts_with("//"); }
  // A request that is written as no client sends it.
  void unsent() { written_ = true; }
  // Puts the values of the file's own variables in.
  void substitute(Request& request);
  // Marks a capture without any response as source, where it shows that it is, and remarks its placeholders.
  void finish(Capture& capture) const;

 private:
  std::map<std::string, std::string, std::less<>> variables_;
  bool written_ = false;
  std::size_t substituted_ = 0;  // bytes
};

}  // namespace quivive::diagnose::readers
