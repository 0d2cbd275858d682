#pragma once
// JSON text on its way to a parser, with `\uD800`…`\uDFFF` that are no pair replaced by `\ufffd`. Browsers write such halves
// where a script cut a string in two (ECMAScript's well-formed JSON.stringify), and RFC 8259 section 8.2 leaves what they
// mean to the reader. Both forms are six bytes long, so offsets stay what they were.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quivive {

class LoneSurrogates {
 public:
  // Passes `piece` on to `sink(std::string_view)` as one or more pieces. Up to 11 bytes are kept back: an escape that the
  // next piece decides about. Stops when the sink returns false, and returns what it returned last.
  template <class Sink>
  bool write(std::string_view piece, Sink&& sink);
  // Passes on what was kept back: the text ends within an escape.
  template <class Sink>
  bool finish(Sink&& sink) {
    return held_.empty() || sink(std::string_view(held_));
  }

 private:
  enum class Escape : std::uint8_t { Fine, Lone, Undecided };
  struct Look {
    Escape escape{};
    std::size_t length = 0;  // of the escape, or of both halves
  };
  // `text` begins with a backslash.
  [[nodiscard]] static Look look(std::string_view text);

  std::string held_;
};

template <class Sink>
bool LoneSurrogates::write(std::string_view piece, Sink&& sink) {
  static constexpr std::string_view kReplacement = "\\ufffd";
  while (!held_.empty() && !piece.empty()) {
    held_.push_back(piece.front());
    piece.remove_prefix(1);
    // What a decision leaves over begins with a backslash, or is the one byte that decided.
    while (!held_.empty()) {
      const Look at = held_.front() == '\\' ? look(held_) : Look{Escape::Fine, 1};
      if (at.escape == Escape::Undecided) break;
      if (!sink(at.escape == Escape::Lone ? kReplacement : std::string_view(held_).substr(0, at.length))) return false;
      held_.erase(0, at.length);
    }
  }
  std::size_t from = 0;
  for (std::size_t i = piece.find('\\'); i != std::string_view::npos; i = piece.find('\\', i)) {
    const Look at = look(piece.substr(i));
    if (at.escape == Escape::Undecided) {
      held_ = piece.substr(i);
      piece = piece.substr(0, i);
      break;
    }
    if (at.escape == Escape::Lone) {
      if (i > from && !sink(piece.substr(from, i - from))) return false;
      if (!sink(kReplacement)) return false;
      from = i + at.length;
    }
    i += at.length;
  }
  return from == piece.size() || sink(piece.substr(from));
}

}  // namespace quivive
