#pragma once
// Shell words: a command as it was typed, split as its shell would split it, and remembering how each piece was quoted.
// Nothing is ever executed: what the shell would replace stays in the words as it was written, and is pointed at.

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose::readers {

inline constexpr std::size_t kMaxShellWords = 10'000;  // of one command

enum class Quoting : std::uint8_t { Bare, Single, Double };

struct ShellWord {
  struct Piece {
    Quoting quoting{};
    std::size_t begin = 0, end = 0;  // in `text`
  };
  struct Expansion {
    std::size_t begin = 0, end = 0;  // in `text`: `$word`, `$(…)`, a backtick's command, `!…`, and `%NAME%` of cmd.exe
  };
  std::string text;                   // quoting undone
  std::vector<Piece> pieces;          // that make up `text`, in order
  std::vector<Expansion> expansions;  // what the shell replaces before the program sees it
  std::size_t offset = 0;             // of its first byte in the source
};

struct ShellCommand {
  std::vector<ShellWord> words;  // redirections are not among them
  std::size_t end = 0;           // where the next command may begin
  bool ends_line = false;        // by the end of a line (or of the text), not by an operator
  std::string background;        // what follows an & that cut a word off; "" where none did

  // False when it is full: it is taken to end there.
  bool add(ShellWord word) { return words.push_back(std::move(word)), words.size() < kMaxShellWords; }
};

struct ShellFault {
  std::size_t offset = 0;
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const ShellFault& fault, const boost::source_location&);

using Variables = std::map<std::string, std::string, std::less<>>;

inline constexpr std::size_t kMaxExpanded = 1024 * 1024;  // bytes that variables may add to one command

// One command beginning at `offset`, by the rules of bash: '…', "…", $'…', \x, continuation lines; PowerShell's backtick
// before the end of a line continues too. Variables that are known are replaced where bash does so. A command ends at an
// operator or a line's end, unless the next line begins with an option: pasted text loses its backslashes.
[[nodiscard]] Result<ShellCommand, ShellFault> split_bash(std::string_view text, std::size_t offset, const Variables& variables = {});

// The same by the rules of cmd.exe and of the C runtime after it, as browsers' "Copy as cURL (cmd)" relies on.
[[nodiscard]] Result<ShellCommand, ShellFault> split_cmd(std::string_view text, std::size_t offset);

// cmd.exe shows: ^ before a quote or the end of a line, or its prompt before curl.
[[nodiscard]] bool looks_like_cmd(std::string_view text);

}  // namespace quivive::diagnose::readers
