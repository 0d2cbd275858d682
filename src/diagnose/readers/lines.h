#pragma once
// Text, line by line, and undressed of what terminals and web pages put around it.

#include "diagnose/reader.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace quivive::diagnose::readers {

struct Line {
  std::string_view text;   // without its end
  std::size_t offset = 0;  // of its first byte
};

// Lines end in LF, CR LF, or, where asked for, a lone CR: curl's progress meter begins anew with one.
class LineReader {
 public:
  explicit LineReader(std::string_view text, bool lone_cr = false) : text_(text), lone_cr_(lone_cr) {}
  [[nodiscard]] bool next(Line& line);
  [[nodiscard]] std::size_t offset() const { return at_; }
  void seek(std::size_t offset) { at_ = offset; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool lone_cr_;
};

// Without a byte order mark and terminal escapes (colours, curl's hyperlinks), and with `&lt;`, `&gt;`, `&amp;`, `&quot;`
// undone where the text was copied out of a page that escapes the marks of `curl -v`. Lines stay where they are.
[[nodiscard]] std::string undressed(std::string_view text);

// Without leading and trailing white space and line ends.
[[nodiscard]] std::string_view trim_all(std::string_view text);

// The error with the line that `offset` is in.
[[nodiscard]] ReadError read_error(Format format, std::string_view text, std::size_t offset, std::string message);

// Nothing where `text` may be read: not above kMaxText.
[[nodiscard]] std::optional<ReadError> refused_size(Format format, std::string_view text);

}  // namespace quivive::diagnose::readers
