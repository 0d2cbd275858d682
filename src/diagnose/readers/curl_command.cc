#include "diagnose/readers/curl_arguments.h"
#include "diagnose/readers/curl_script.h"
#include "diagnose/readers/lines.h"

#include <limits>

namespace quivive::diagnose {

Read read_curl_command(std::string_view text) {
  using namespace readers;
  if (auto refused = refused_size(Format::Curl, text)) return *std::move(refused);
  Capture capture;
  capture.format = Format::Curl;
  capture.is_source = true;
  const auto found = add_curl_commands(capture, text, std::numeric_limits<std::size_t>::max());
  if (found.fault) return read_error(Format::Curl, text, found.fault->offset, found.fault->message);
  if (found.count == 0) return read_error(Format::Curl, text, 0, "no curl command begins in this text");
  return capture;
}

Read read_curl_words(std::span<const std::string> words) {
  using namespace readers;
  Capture capture;
  capture.format = Format::Curl;
  capture.is_source = true;
  if (words.size() < 2) return ReadError{Format::Curl, 1, 0, "a curl command needs a URL"};
  // A shell has split these, and replaced what it replaces: a $ that is left was quoted.
  std::vector<ShellWord> split;
  for (const std::string& word : words.first(std::min(words.size(), kMaxShellWords))) {
    split.push_back({.text = word, .pieces = {{Quoting::Single, 0, word.size()}}});
  }
  add_curl_command(capture, split, false);
  // Curl sends nothing for such a command, so that there is nothing to judge.
  if (const auto& misspelt = capture.command->misspelt)
    return ReadError{Format::Curl, 1, 0, fmt::format("there is no option {}; did you mean --{}?", misspelt->typed, misspelt->meant)};
  return capture;
}

}  // namespace quivive::diagnose
