#pragma once
// The dumps of curl's --trace-ascii and --trace, put together again byte for byte.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::readers {

// One block: `=> Send header, 97 bytes (0x61)` and the rows below it.
class TraceDump {
 public:
  explicit TraceDump(std::size_t size) : size_(size) {}

  // `0040: text`; false where it is no row.
  bool row(std::string_view line);

  // The bytes, as far as rows tell: --trace-ascii ends a row where CR LF stood, and breaks it after 64 bytes where none did;
  // only the offsets tell which. It writes '.' for all that is not printable.
  [[nodiscard]] std::string bytes() const;

 private:
  struct Row {
    std::size_t offset = 0;
    std::string_view text;
  };
  [[nodiscard]] bool is_hex() const;

  std::size_t size_;
  std::vector<Row> rows_;
};

// JSON whose ends of lines --trace-ascii wrote as '.', with LF for those outside of strings. Other text is returned as it is.
[[nodiscard]] std::string with_line_ends(std::string json);

}  // namespace quivive::diagnose::readers
