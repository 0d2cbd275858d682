#include "diagnose/readers/shell_words.h"

#include "diagnose/readers/utf8.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace quivive::diagnose::readers {

void throw_exception_from_error(const ShellFault& fault, const boost::source_location&) {
  throw std::logic_error("value() of a failed split: " + fault.message);
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class BashSplitter {
 public:
  BashSplitter(std::string_view text, std::size_t at, const Variables& variables) : text_(text), at_(at), variables_(variables) {}

  Result<ShellCommand, ShellFault> split() {
    while (!done_ && fault_.message.empty() && at_ < text_.size()) step();
    if (!fault_.message.empty()) return fault_;
    end_word();
    if (!done_) command_.ends_line = true;
    command_.end = std::min(at_, text_.size());
    return std::move(command_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char c = text_[at_];
    if (is_blank(c)) {
      end_word();
      ++at_;
    } else if (c == '\n') {
      end_line();
    } else if (c == '\\') {
      backslash();
    } else if (c == '\'') {
      single_quotes();
    } else if (c == '"') {
      double_quotes();
    } else if (c == '$') {
      dollar(Quoting::Bare);
    } else if (c == '`') {
      backtick();
    } else if (c == '<' || c == '>') {
      redirection();
    } else if (c == '&' || c == '|' || c == ';' || c == '(' || c == ')') {
      operator_sign();
    } else if (c == '#' && !in_word_) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '!' && expands_history()) {
      history(Quoting::Bare);
    } else {
      put(c, Quoting::Bare);
      ++at_;
    }
  }

  void begin_word() {
    if (in_word_) return;
    in_word_ = true;
    word_ = {};
    word_.offset = at_;
  }

  void put(char c, Quoting quoting) { put(std::string_view(&c, 1), quoting); }
  void put(std::string_view piece, Quoting quoting) {
    begin_word();
    const std::size_t begin = word_.text.size();
    word_.text += piece;
    if (!word_.pieces.empty() && word_.pieces.back().quoting == quoting) {
      word_.pieces.back().end = word_.text.size();
    } else {
      word_.pieces.push_back({quoting, begin, word_.text.size()});
    }
  }
  void put_expansion(std::string_view piece, Quoting quoting) {
    put(piece, quoting);
    word_.expansions.push_back({word_.text.size() - piece.size(), word_.text.size()});
  }

  void end_word() {
    if (std::exchange(in_word_, false) && !std::exchange(skip_next_, false)) done_ |= !command_.add(std::move(word_));
  }

  void end_line() {
    end_word();
    ++at_;
    std::size_t next = at_;
    while (next < text_.size() && is_blank(text_[next])) ++next;
    // `-H`, `--data`, never `--2024-05-01 …` of wget or `---`
    const auto letter = [&](std::size_t i) { return i < text_.size() && is_name_start(text_[i]); };
    const bool option = next < text_.size() && text_[next] == '-' &&
                        (letter(next + 1) || (next + 1 < text_.size() && text_[next + 1] == '-' && letter(next + 2)));
    if (!command_.words.empty() && option) return;
    done_ = true;
    command_.ends_line = true;
  }

  void backslash() {
    std::size_t next = at_ + 1;
    while (next < text_.size() && is_blank(text_[next])) ++next;
    // Blanks after the backslash undo a continuation in bash, but they are mostly there because of the paste.
    if (next >= text_.size() || text_[next] == '\n') {
      if (next > at_ + 1 && text_[at_ + 1] != '\r') end_word();
      at_ = std::min(next + 1, text_.size());
      return;
    }
    put(text_[at_ + 1], Quoting::Single);
    at_ += 2;
  }

  void single_quotes() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == kNone) return fail(at_, "an unclosed ' quote that begins here");
    put(text_.substr(at_ + 1, end - at_ - 1), Quoting::Single);
    at_ = end + 1;
  }

  void double_quotes() {
    const std::size_t opened = at_++;
    put("", Quoting::Double);
    while (at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        const char next = text_[at_ + 1];
        if (next == '\r' && peek(2) == '\n') ++at_;
        if (next != '\n' && next != '\r') {
          if (next != '$' && next != '`' && next != '"' && next != '\\') put('\\', Quoting::Double);
          put(next, next == '$' || next == '`' ? Quoting::Single : Quoting::Double);
        }
        at_ += 2;
      } else if (c == '$') {
        dollar(Quoting::Double);
      } else if (c == '!' && expands_history()) {
        history(Quoting::Double);
      } else if (const std::size_t end = c == '`' ? closing_backtick() : kNone; end != kNone) {
        put_expansion(text_.substr(at_, end + 1 - at_), Quoting::Double);
        at_ = end + 1;
      } else {
        put(c, Quoting::Double);
        ++at_;
      }
    }
    if (at_ >= text_.size()) return fail(opened, "an unclosed \" quote that begins here");
    ++at_;
  }

  // $'…' (ANSI-C quoting), $"…", $name, ${name}, $(command), and a $ that is only itself.
  void dollar(Quoting quoting) {
    const char next = peek(1);
    if (quoting == Quoting::Bare && next == '\'') return ansi_quotes();
    if (quoting == Quoting::Bare && next == '"') {
      ++at_;
      return double_quotes();
    }
    std::size_t end = at_ + 1;
    std::string_view name;
    if (is_name_start(next)) {
      while (end < text_.size() && is_name_char(text_[end])) ++end;
      name = text_.substr(at_ + 1, end - at_ - 1);
    } else if (next == '{') {
      constexpr std::size_t kLongest = 256;  // `${name:-default}`
      std::size_t stop = at_ + 2;
      while (stop < text_.size() && stop - at_ < kLongest && is_name_char(text_[stop])) ++stop;
      const std::size_t close =
          stop == at_ + 2 ? kNone : text_.substr(0, std::min(text_.size(), stop + kLongest)).find_first_of("}\n", stop);
      if (close != kNone && text_[close] == '}') {
        end = close + 1;
        name = text_.substr(at_ + 2, close - at_ - 2);
      }
    } else if (next == '(') {
      end = closing_parenthesis();
    } else if (http::is_digit(next) || next == '@' || next == '*' || next == '?' || next == '#' || next == '$' || next == '!') {
      end = at_ + 2;
    }
    if (end == at_ + 1) {
      put('$', quoting);
    } else if (const auto known = variables_.find(name);
               !name.empty() && known != variables_.end() && expanded_ + known->second.size() <= kMaxExpanded) {
      expanded_ += known->second.size();
      put(known->second, quoting);
    } else {
      put_expansion(text_.substr(at_, end - at_), quoting);
    }
    at_ = end;
  }

  void ansi_quotes() {
    const std::size_t opened = at_;
    at_ += 2;
    put("", Quoting::Single);
    while (at_ < text_.size() && text_[at_] != '\'') {
      if (text_[at_] != '\\' || at_ + 1 >= text_.size()) {
        put(text_[at_++], Quoting::Single);
      } else {
        ++at_;
        ansi_escape();
      }
    }
    if (at_ >= text_.size()) return fail(opened, "an unclosed $' quote that begins here");
    ++at_;
  }

  // What follows the backslash in $'…'.
  void ansi_escape() {
    static constexpr std::string_view kFrom = "abeEfnrtv\\'\"?", kTo = "\a\b\x1b\x1b\f\n\r\t\v\\'\"?";
    const char c = text_[at_++];
    const auto number = [&](std::size_t most, int base) {
      std::uint32_t value = 0;
      std::size_t digits = 0;
      for (; digits < most && at_ < text_.size() && http::is_hex_digit(text_[at_]) && http::hex_value(text_[at_]) < base; ++digits, ++at_) {
        value = value * static_cast<std::uint32_t>(base) + http::hex_value(text_[at_]);
      }
      return std::pair(value, digits);
    };
    if (const std::size_t known = kFrom.find(c); known != kNone) {
      put(kTo[known], Quoting::Single);
    } else if (c == 'x' || c == 'u' || c == 'U') {
      const auto [value, digits] = number(c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
      if (digits == 0) {
        put(std::string{'\\', c}, Quoting::Single);
      } else {
        put(c == 'x' ? std::string(1, static_cast<char>(value)) : utf8(value), Quoting::Single);
      }
    } else if (c >= '0' && c <= '7') {
      --at_;
      put(static_cast<char>(number(3, 8).first), Quoting::Single);
    } else if (c == 'c' && at_ < text_.size()) {
      put(static_cast<char>(text_[at_++] & 0x1f), Quoting::Single);
    } else {
      put(std::string{'\\', c}, Quoting::Single);
    }
  }

  // A command in backticks; PowerShell's continuation; or the end of a command that stands in Markdown's code marks.
  void backtick() {
    std::size_t next = at_ + 1;
    while (next < text_.size() && is_blank(text_[next])) ++next;
    if (next < text_.size() && text_[next] == '\n') {
      end_word();
      at_ = next + 1;
    } else if (const std::size_t end = closing_backtick(); end != kNone) {
      put_expansion(text_.substr(at_, end + 1 - at_), Quoting::Bare);
      at_ = end + 1;
    } else {
      finish(1);
    }
  }

  std::size_t closing_backtick() const {
    const std::size_t end = text_.find_first_of("`\n", at_ + 1);
    return end != kNone && text_[end] == '`' ? end : kNone;
  }

  // Past the ) that closes the $( here; past `$` alone where nothing does.
  std::size_t closing_parenthesis() {
    if (!parenthesis_closes_) return at_ + 1;
    std::size_t depth = 0;
    char quote = '\0';
    constexpr std::size_t kLongest = 16 * 1024;  // each of many commands may have one that does not end
    const std::size_t last = std::min(text_.size(), at_ + kLongest);
    for (std::size_t i = at_ + 1; i < last; ++i) {
      const char c = text_[i];
      if (quote != '\0') {
        if (c == '\\' && quote == '"') ++i;
        else if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '\\') {
        ++i;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        return i + 1;
      }
    }
    parenthesis_closes_ = false;  // what follows was read once: no later one is looked for in it
    return at_ + 1;
  }

  // In an interactive bash, `!` with anything behind it that could name an earlier command.
  bool expands_history() const {
    const char next = peek(1);
    return next != '\0' && next != ' ' && next != '\t' && next != '\r' && next != '\n' && next != '=' && next != '(' && next != '"' &&
           next != '\'';
  }
  void history(Quoting quoting) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && end - at_ < 64 && (is_name_char(text_[end]) || text_[end] == '-' || text_[end] == '!')) ++end;
    if (end == at_ + 1) ++end;
    put_expansion(text_.substr(at_, end - at_), quoting);
    at_ = end;
  }

  // `<TOKEN>` of a manual is taken as text, which no shell would do; else the file behind the sign is skipped.
  void redirection() {
    if (text_[at_] == '<') {
      std::size_t end = at_ + 1;
      while (end < text_.size() && end - at_ < 64 &&
             (is_name_char(text_[end]) || text_[end] == '-' || (text_[end] == ' ' && end > at_ + 1)))
        ++end;
      if (end < text_.size() && text_[end] == '>' && end > at_ + 1) {
        put(text_.substr(at_, end + 1 - at_), Quoting::Bare);
        at_ = end + 1;
        return;
      }
    }
    if (in_word_ && word_.text.find_first_not_of("0123456789") == kNone) {
      in_word_ = false;  // the number of a file descriptor
    } else {
      end_word();
    }
    while (peek() == '<' || peek() == '>') ++at_;
    if (peek() == '&') ++at_;
    skip_next_ = true;
  }

  void operator_sign() {
    if (text_[at_] == '&' && peek(1) == '>') {  // &> file
      ++at_;
      return redirection();
    }
    if (text_[at_] == '&' && in_word_ && peek(1) != '&' && peek(1) != '\0' && peek(1) != '\n' && !is_blank(peek(1))) {
      constexpr std::size_t kKept = 200;
      const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
      command_.background = text_.substr(at_ + 1, std::min(end - at_ - 1, kKept));
    }
    finish(peek(1) == text_[at_] ? 2 : 1);
  }

  void finish(std::size_t length) {
    end_word();
    at_ += length;
    done_ = true;
  }

  void fail(std::size_t offset, std::string_view message) { fault_ = {offset, std::string(message)}; }

  std::string_view text_;
  std::size_t at_;
  const Variables& variables_;
  std::size_t expanded_ = 0;
  ShellCommand command_;
  ShellWord word_;
  ShellFault fault_;
  bool in_word_ = false;
  bool skip_next_ = false;  // the next word is the file of a redirection
  bool done_ = false;
  bool parenthesis_closes_ = true;
};

}  // namespace

Result<ShellCommand, ShellFault> split_bash(std::string_view text, std::size_t offset, const Variables& variables) {
  return BashSplitter(text, offset, variables).split();
}

}  // namespace quivive::diagnose::readers
