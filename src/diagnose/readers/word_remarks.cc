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
  if (capture.remarks.size() < kMaxRemarks) capture.remarks.push_back({kind, place.exchange, place.part, place.name, std::string(text.substr(0, kKept))});
}

void remark_word(Capture& capture, const ShellWord& word, std::size_t begin, const RemarkPlace& place) {
  const std::string_view text = word.text;
  const bool body = place.part == "request.body";
  for (const ShellWord::Expansion& expansion : word.expansions) {
    if (expansion.begin >= begin) remark_text(capture, SourceRemark::Kind::ShellExpands, place, text.substr(expansion.begin, expansion.end - expansion.begin));
  }
  const auto expanded = [&](std::string_view piece) {
    const auto at = static_cast<std::size_t>(piece.data() - text.data());
    return std::any_of(word.expansions.begin(), word.expansions.end(), [&](const auto& e) { return at >= e.begin && at < e.end; });
  };
  for (const ShellWord::Piece& piece : word.pieces) {
    if (piece.quoting != Quoting::Single || piece.end <= begin) continue;
    const std::size_t from = std::max(piece.begin, begin);
    for (const std::string_view variable : find_variables(text.substr(from, piece.end - from))) {
      // GraphQL and templates in a body are full of `$id`.
      if (!body || is_capitals(variable)) remark_text(capture, SourceRemark::Kind::SingleQuotedVariable, place, variable);
    }
  }
  for (const std::string_view placeholder : find_placeholders(text.substr(begin), body)) {
    if (!placeholder.starts_with("${") && !expanded(placeholder)) remark_text(capture, SourceRemark::Kind::Placeholder, place, placeholder);
  }
}

}  // namespace quivive::diagnose::readers
