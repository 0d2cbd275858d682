#include "diagnose/readers/curl_script.h"

#include "base/text.h"
#include "diagnose/readers/curl_arguments.h"
#include "diagnose/text.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>

namespace quivive::diagnose::readers {
namespace {

constexpr std::size_t kLongestPrompt = 120;

// Words that may stand before a command and run it.
constexpr auto kRunners =
    std::to_array<std::string_view>({"sudo", "time", "env", "exec", "nohup", "command", "winpty", "watch", "do", "then", "else", "!"});

bool is_curl(std::string_view word) {
  const std::size_t slash = word.find_last_of("/\\");
  if (slash != kNone) word.remove_prefix(slash + 1);
  return iequals(word, "curl") || iequals(word, "curl.exe");
}

// NAME= at the front; the length of NAME, or 0.
std::size_t assigned_name(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && length < kLongestPrompt && is_name_char(text[length])) ++length;
  return length > 0 && !http::is_digit(text[0]) && length < text.size() && text[length] == '=' ? length : 0;
}

std::string_view first_word(std::string_view text) {
  text = text.substr(0, 300);
  return text.substr(0, text.find_first_of(" \t\r\n;|&()`"));
}

// Something that add_curl_commands understands begins here: curl itself, an assignment, or a word that runs a command.
bool begins_command(std::string_view text) {
  const std::string_view word = first_word(text);
  if (is_curl(word))
    return word.size() < text.size() && (http::is_ows(text[word.size()]) || text[word.size()] == '\\' || text[word.size()] == '\r');
  return assigned_name(text) > 0 || word == "export" || word == "set" ||
         std::find(kRunners.begin(), kRunners.end(), word) != kRunners.end();
}

class Script {
 public:
  explicit Script(std::string_view text) : text_(text) {}

  // The next place where a command may begin; nothing at the end.
  std::optional<std::size_t> next() {
    while (at_ < text_.size()) {
      if (at_ >= end_of_line_) begin_line();
      at_ = std::min(text_.find_first_not_of(" \t\r", at_), end_of_line_);
      if (at_ < end_of_line_ && begins_command(text_.substr(at_))) return at_;
      if (at_ < end_of_line_) {
        // Behind an operator, `$(` or code marks; else this line has none.
        const std::size_t sign = text_.find_first_of("|;&(`", at_);
        at_ = std::min(sign == kNone ? end_of_line_ : sign + 1, end_of_line_);
      }
      if (at_ >= end_of_line_) at_ = end_of_line_ + 1;
    }
    return std::nullopt;
  }
  void seek(std::size_t at) { at_ = at; }
  void skip_line() { at_ = end_of_line_ + 1; }

 private:
  void begin_line() {
    end_of_line_ = std::min(text_.find('\n', at_), text_.size());
    // A prompt: `$ `, `user@host:~# `, `PS C:\> `, `C:\Users\x>`; bullets and quotation marks of mail are no different.
    const std::string_view head = text_.substr(at_, std::min(end_of_line_ - at_, kLongestPrompt));
    for (std::size_t i = 0; i < head.size(); ++i) {
      const bool sign = head[i] == '$' || head[i] == '#' || head[i] == '>' || head[i] == '%' || head[i] == '*' || head[i] == '-';
      if (!sign || i + 1 >= head.size()) continue;
      const std::string_view behind = trim_ows(head.substr(i + 1));
      if (!begins_command(text_.substr(static_cast<std::size_t>(behind.data() - text_.data())))) continue;
      const bool separate = http::is_ows(head[i + 1]) || (head[i] == '>' && head.substr(0, i).find(":\\") != kNone);
      if (separate) {
        at_ = static_cast<std::size_t>(behind.data() - text_.data());
        return;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t end_of_line_ = 0;
};

// The index of the word that is curl, behind assignments and words that run commands; kNone where there is none. Flags of
// those (`sudo -E`, `time -p`) are stepped over.
std::size_t curl_word(const std::vector<ShellWord>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    if (is_curl(word)) return i;
    const bool runner = std::find(kRunners.begin(), kRunners.end(), word) != kRunners.end();
    if (!runner && assigned_name(word) == 0 && !(i > 0 && word.starts_with('-'))) return kNone;
  }
  return kNone;
}

// `NAME=value`, `export NAME=value`, `set NAME=value`: for the commands after it. One that only stands before a command
// (`NAME=value curl "$NAME"`) reaches the program's environment, but not its words.
void assign(const std::vector<ShellWord>& words, Variables& variables) {
  constexpr std::size_t kMostVariables = 1000, kLongestValue = 64 * 1024;
  std::size_t first = 0;
  if (!words.empty() && (words[0].text == "export" || words[0].text == "set")) ++first;
  for (std::size_t i = first; i < words.size(); ++i) {
    if (assigned_name(words[i].text) == 0) return;
  }
  for (std::size_t i = first; i < words.size() && variables.size() < kMostVariables; ++i) {
    const std::string& text = words[i].text;
    const std::size_t name = assigned_name(text);
    // A value that the shell works out is not known here.
    if (!words[i].expansions.empty() || text.size() > kLongestValue) {
      variables.erase(text.substr(0, name));
    } else {
      variables[text.substr(0, name)] = text.substr(name + 1);
    }
  }
}

}  // namespace

std::optional<std::size_t> find_curl(std::string_view text) {
  Script script(text);
  for (std::size_t tries = 0; tries < kMaxCommands; ++tries) {
    const auto at = script.next();
    if (!at) return std::nullopt;
    // Assignments and runners may stand before it.
    std::string_view rest = text.substr(*at, std::min(text.find('\n', *at), text.size()) - *at);
    rest = rest.substr(0, 4096);
    while (!rest.empty()) {
      const std::string_view word = first_word(rest);
      if (is_curl(word) && begins_command(text.substr(static_cast<std::size_t>(rest.data() - text.data())))) return at;
      if (word.empty() && rest.find_first_of(" \t") != 0) break;
      rest.remove_prefix(word.size());
      rest = trim_ows(rest);
    }
    script.seek(*at + std::max<std::size_t>(first_word(text.substr(*at)).size(), 1));
  }
  return std::nullopt;
}

FoundCommands add_curl_commands(Capture& capture, std::string_view text, std::size_t most) {
  const bool windows = looks_like_cmd(text);
  Variables variables;
  Script script(text);
  std::size_t found = 0;
  // Text that is looked at again and again is no script.
  std::size_t budget = 4 * text.size() + 64 * 1024;
  for (std::size_t looked = 0; looked < kMaxCommands && found < most; ++looked) {
    const auto at = script.next();
    if (!at) break;
    const auto split = windows ? split_cmd(text, *at) : split_bash(text, *at, variables);
    const std::size_t length = (split ? split->end : text.size()) - *at;
    if (length > budget) break;
    budget -= length;
    if (!split) {
      if (is_curl(first_word(text.substr(*at)))) return {found, split.error()};
      script.skip_line();
      continue;
    }
    const std::size_t curl = curl_word(split->words);
    if (curl == kNone) {
      assign(split->words, variables);
      // What begins like a command in prose may not swallow the lines after it, nor an assignment the curl in its $(…).
      const ShellWord* first = split->words.empty() ? nullptr : &split->words[0];
      const std::size_t name = first == nullptr ? 0 : assigned_name(first->text);
      if (name == 0 || !first->expansions.empty()) {
        script.seek(*at + std::max<std::size_t>(name > 0 ? name + 1 : first_word(text.substr(*at)).size(), 1));
        continue;
      }
    } else {
      add_curl_command(capture, std::span(split->words).subspan(curl), windows, split->background);
      ++found;
    }
    script.seek(split->end);
  }
  return {found, std::nullopt};
}

}  // namespace quivive::diagnose::readers
