#pragma once
// What the quoting of a word gives away: placeholders, variables that the shell does not replace, and those that it does.

#include "diagnose/capture.h"
#include "diagnose/readers/shell_words.h"

#include <string>
#include <string_view>

namespace quivive::diagnose::readers {

inline constexpr std::size_t kMaxRemarks = 1000;

struct RemarkPlace {
  std::size_t exchange = 0;
  std::string part;
  std::string name;
};

void remark_text(Capture& capture, SourceRemark::Kind kind, const RemarkPlace& place, std::string_view text);
// About `word` from `begin` on.
void remark_word(Capture& capture, const ShellWord& word, std::size_t begin, const RemarkPlace& place);

}  // namespace quivive::diagnose::readers
