#include "diagnose/readers/shell_words.h"

#include "base/text.h"
#include "diagnose/text.h"

#include <algorithm>
#include <utility>

namespace quivive::diagnose::readers {
namespace {

// Two readers after one another: cmd.exe, which knows ^ and "…" and ends commands; and the C runtime, which splits what is
// left into arguments by \" and "…". A character that ^ protects from the first still means what it means to the second.
class CmdSplitter {
 public:
  CmdSplitter(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  Result<ShellCommand, ShellFault> split() {
    while (!done_ && at_ < text_.size()) step();
    flush_backslashes();
    if (in_quotes_) return ShellFault{opened_, "an unclosed \" quote that begins here"};
    end_word();
    if (!done_) command_.ends_line = true;
    command_.end = std::min(at_, text_.size());
    return std::move(command_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
      ++at_;
    } else if (c == '\n') {
      ++at_;
      flush_backslashes();
      command_.ends_line = done_ = true;
    } else if (c == '^' && !shell_quotes_) {
      caret();
    } else if (!shell_quotes_ && (c == '&' || c == '|')) {
      if (c == '&' && in_word_ && at_ + 1 < text_.size() && text_[at_ + 1] != '&' && text_[at_ + 1] > ' ') {
        command_.background = text_.substr(at_ + 1, std::min<std::size_t>(text_.find_first_of("\r\n", at_) - at_ - 1, 200));
      }
      at_ += at_ + 1 < text_.size() && text_[at_ + 1] == c ? 2 : 1;
      flush_backslashes();
      done_ = true;
    } else if (!shell_quotes_ && (c == '<' || c == '>')) {
      ++at_;
      flush_backslashes();
      if (in_word_ && word_.text.find_first_not_of("0123456789") == kNone) in_word_ = false;
      end_word();
      while (at_ < text_.size() && (text_[at_] == '>' || text_[at_] == '&')) ++at_;
      skip_next_ = true;
    } else if (const std::size_t end = c == '%' ? variable_end() : kNone; end != kNone) {
      flush_backslashes();
      const std::string_view name = text_.substr(at_, end - at_);
      put(name);
      word_.expansions.push_back({word_.text.size() - name.size(), word_.text.size()});
      at_ = end;
    } else {
      if (c == '"') shell_quotes_ = !shell_quotes_;
      argument_char(c);
      ++at_;
    }
  }

  // ^ takes the meaning from the next character; before the end of a line it joins the next line, whose first character it
  // then protects, be it another end of line (how Chrome writes one within data).
  void caret() {
    ++at_;
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ >= text_.size()) return;
    if (text_[at_] == '\n') {
      ++at_;
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ >= text_.size() || text_[at_] != '\n') return;
    }
    argument_char(text_[at_]);
    ++at_;
  }

  // Past the closing % of %NAME%.
  std::size_t variable_end() const {
    std::size_t end = at_ + 1;
    const auto is_name = [](char c) { return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); };
    while (end < text_.size() && end - at_ < 64 && is_name(text_[end])) ++end;
    if (end >= text_.size() || text_[end] != '%' || end == at_ + 1 || (text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9')) return kNone;
    return end + 1;
  }

  void argument_char(char c) {
    if (c == '\\') {
      if (!in_word_) begin_word();
      ++backslashes_;
    } else if (c == '"') {
      begin_word();
      for (; backslashes_ >= 2; backslashes_ -= 2) put('\\');
      if (backslashes_ == 1) {
        backslashes_ = 0;
        put('"');
      } else if (in_quotes_ && next_is_quote()) {
        put('"');  // "" within quotes is one quote
        skip_quote();
      } else {
        in_quotes_ = !in_quotes_;
        if (in_quotes_) opened_ = at_;
      }
    } else if ((c == ' ' || c == '\t') && !in_quotes_) {
      flush_backslashes();
      end_word();
    } else {
      flush_backslashes();
      put(c);
    }
  }

  bool next_is_quote() const {
    std::size_t next = at_ + 1;
    if (next < text_.size() && text_[next] == '^' && !shell_quotes_) ++next;
    return next < text_.size() && text_[next] == '"';
  }
  // Moves onto the second quote of "", which argument_char's caller then steps over.
  void skip_quote() {
    ++at_;
    if (text_[at_] == '^') {
      ++at_;
    } else {
      shell_quotes_ = !shell_quotes_;
    }
  }

  void begin_word() {
    if (in_word_) return;
    in_word_ = true;
    word_ = {};
    word_.offset = at_;
  }
  void put(char c) { put(std::string_view(&c, 1)); }
  void put(std::string_view piece) {
    begin_word();
    word_.text += piece;
    const Quoting quoting = in_quotes_ ? Quoting::Double : Quoting::Bare;
    if (word_.pieces.empty() || word_.pieces.back().quoting != quoting)
      word_.pieces.push_back({quoting, word_.text.size() - piece.size(), 0});
    word_.pieces.back().end = word_.text.size();
  }
  void flush_backslashes() {
    for (; backslashes_ > 0; --backslashes_) put('\\');
  }
  void end_word() {
    if (std::exchange(in_word_, false) && !std::exchange(skip_next_, false)) done_ |= !command_.add(std::move(word_));
  }

  std::string_view text_;
  std::size_t at_;
  ShellCommand command_;
  ShellWord word_;
  std::size_t backslashes_ = 0;
  std::size_t opened_ = 0;
  bool shell_quotes_ = false;  // as cmd.exe counts them
  bool in_quotes_ = false;     // as the C runtime does
  bool in_word_ = false;
  bool skip_next_ = false;
  bool done_ = false;
};

// `C:\Users\bob>curl …`, perhaps with an environment's name before it; PowerShell's prompt says PS first.
bool begins_with_prompt(std::string_view line) {
  line = trim_ows(line.substr(0, 300));
  if (line.starts_with('(')) line = trim_ows(line.substr(std::min(line.find(')'), line.size() - 1) + 1));
  const bool drive = line.size() > 3 && (line[0] | 0x20) >= 'a' && (line[0] | 0x20) <= 'z' && line[1] == ':' && line[2] == '\\';
  const std::size_t end = drive ? line.find_first_of("<>\"|*?") : kNone;  // what no path holds
  if (end == kNone || line[end] != '>') return false;
  const std::string_view program = trim_ows(line.substr(end + 1));
  return iequals(program.substr(0, 5), "curl ") || iequals(program.substr(0, 9), "curl.exe ");
}

}  // namespace

Result<ShellCommand, ShellFault> split_cmd(std::string_view text, std::size_t offset) { return CmdSplitter(text, offset).split(); }

bool looks_like_cmd(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at = std::min(text.find('\n', at), text.size() - 1) + 1) {
    if (begins_with_prompt(text.substr(at, text.find('\n', at) - at))) return true;
  }
  for (std::size_t at = text.find('^'); at != kNone; at = text.find('^', at + 1)) {
    const std::string_view next = text.substr(at + 1, 2);
    if (at == 0 || text[at - 1] != ' ') continue;  // a pattern within data, say
    if (next.starts_with('"') || next.starts_with('\n') || next == "\r\n") return true;
  }
  return false;
}

}  // namespace quivive::diagnose::readers
