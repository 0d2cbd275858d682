#include "diagnose/readers/trace_dump.h"

#include "http/grammar.h"

#include <algorithm>
#include <charconv>

namespace quivive::diagnose::readers {
namespace {

constexpr std::size_t kAsciiWidth = 64;
constexpr std::size_t kHexWidth = 16;
constexpr std::size_t kMaxRows = 300'000;

// `47 45 54 20 ` at the front: how many pairs, at most kHexWidth.
std::size_t hex_pairs(std::string_view text) {
  std::size_t count = 0;
  while (count < kHexWidth && text.size() >= count * 3 + 2 && http::is_hex_digit(text[count * 3]) &&
         http::is_hex_digit(text[count * 3 + 1]) && (text.size() == count * 3 + 2 || text[count * 3 + 2] == ' ')) {
    ++count;
  }
  return count;
}

}  // namespace

bool TraceDump::row(std::string_view line) {
  const std::size_t colon = line.substr(0, 17).find(':');
  if (colon == std::string_view::npos || colon < 4) return false;
  Row row;
  const auto [stop, fault] = std::from_chars(line.data(), line.data() + colon, row.offset, 16);
  if (fault != std::errc() || stop != line.data() + colon) return false;
  line.remove_prefix(colon + 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  row.text = line;
  if (rows_.size() < kMaxRows && (rows_.empty() || row.offset >= rows_.back().offset)) rows_.push_back(row);
  return true;
}

bool TraceDump::is_hex() const {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::size_t next = i + 1 < rows_.size() ? rows_[i + 1].offset : size_;
    const std::size_t length = std::min(next - std::min(next, rows_[i].offset), kHexWidth);
    if (hex_pairs(rows_[i].text) < length || length == 0) return false;
  }
  return !rows_.empty();
}

std::string TraceDump::bytes() const {
  std::string out;
  const bool hex = is_hex();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    const std::size_t next = std::max(i + 1 < rows_.size() ? rows_[i + 1].offset : size_, row.offset);
    const std::size_t span = next - row.offset;
    if (hex) {
      for (std::size_t k = 0; k < std::min(hex_pairs(row.text), span); ++k) {
        out += static_cast<char>(http::hex_value(row.text[k * 3]) * 16 + http::hex_value(row.text[k * 3 + 1]));
      }
      continue;
    }
    const std::string_view text = row.text.substr(0, kAsciiWidth);
    out += text;
    if (span <= text.size()) continue;
    // What is missing is CR LF, but for trailing spaces that an editor took away: a row that is full again with them goes on.
    std::size_t missing = span - text.size();
    if (missing > kAsciiWidth + 2) missing = 2;  // rows are missing
    if (missing == 1 || (missing > 2 && span == kAsciiWidth)) {
      out.append(missing, ' ');
    } else {
      out.append(missing - 2, ' ') += "\r\n";
    }
  }
  return out;
}

std::string with_line_ends(std::string json) {
  if (!json.starts_with('{') && !json.starts_with('[')) return json;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (in_string && json[i] == '\\') {
      ++i;
    } else if (json[i] == '"') {
      in_string = !in_string;
    } else if (json[i] == '.' && !in_string && !(http::is_digit(json[i - 1]) && i + 1 < json.size() && http::is_digit(json[i + 1]))) {
      json[i] = '\n';
    }
  }
  return json;
}

}  // namespace quivive::diagnose::readers
