#include "diagnose/readers/word_remarks.h"

#include "diagnose/readers/placeholders.h"

#include <algorithm>

namespace quivive::diagnose::readers {
namespace {

bool is_capitals(std::string_view variable) {
  return std::none_of(variable.begin(), variable.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

void remark_text(Capture& capture, SourceRemark::Kind kind, const RemarkPlace& place, std::string_view text) {
  constexpr std::size_t kKept = 300;
  if (capture.remarks.size() < kMaxRemarks)
    capture.remarks.push_back({kind, place.exchange, place.part, place.name, std::string(text.substr(0, kKept))});
}

void remark_word(Capture& capture, const ShellWord& word, std::size_t begin, const RemarkPlace& place) {
  const std::string_view text = word.text;
  const bool body = place.part == "request.body";
  for (const ShellWord::Expansion& expansion : word.expansions) {
    if (expansion.begin >= begin)
      remark_text(capture, SourceRemark::Kind::ShellExpands, place, text.substr(expansion.begin, expansion.end - expansion.begin));
  }
  const auto place_in_word = [&](std::string_view found) { return static_cast<std::size_t>(found.data() - text.data()); };
  const auto expanded = [&](std::string_view found) {
    const std::size_t at = place_in_word(found);
    return std::any_of(word.expansions.begin(), word.expansions.end(), [&](const auto& e) { return at >= e.begin && at < e.end; });
  };
  // Quoted with a backslash counts: the shell hands on the $ all the same.
  const auto literal = [&](std::string_view found) {
    const std::size_t at = place_in_word(found);
    return std::any_of(word.pieces.begin(), word.pieces.end(),
                       [&](const auto& p) { return p.quoting == Quoting::Single && at >= p.begin && at < p.end; });
  };
  for (const std::string_view variable : find_variables(text.substr(begin))) {
    // GraphQL and templates in a body are full of `$id`.
    if (literal(variable) && (!body || is_capitals(variable)))
      remark_text(capture, SourceRemark::Kind::SingleQuotedVariable, place, variable);
  }
  for (const std::string_view placeholder : find_placeholders(text.substr(begin), body)) {
    if (!placeholder.starts_with("${") && !expanded(placeholder)) remark_text(capture, SourceRemark::Kind::Placeholder, place, placeholder);
  }
}

}  // namespace quivive::diagnose::readers
