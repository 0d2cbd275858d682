#pragma once
// Where the curl commands are in a paste: behind prompts, assignments, sudo, in Markdown, between their output.

#include "diagnose/capture.h"
#include "diagnose/readers/shell_words.h"

#include <optional>
#include <string_view>

namespace quivive::diagnose::readers {

inline constexpr std::size_t kMaxCommands = 10'000;  // looked at, curl's and others

// Whether a curl command begins somewhere in `text`, as far as its beginning shows; and where.
[[nodiscard]] std::optional<std::size_t> find_curl(std::string_view text);

struct FoundCommands {
  std::size_t count = 0;
  std::optional<ShellFault> fault;  // of the first one that cannot be split; nothing is read behind it
};
// Adds every curl command of `text`, up to `most`, with add_curl_command.
[[nodiscard]] FoundCommands add_curl_commands(Capture& capture, std::string_view text, std::size_t most);

}  // namespace quivive::diagnose::readers
