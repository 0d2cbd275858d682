#pragma once
// What `quivive why` is given, read into a Capture: a file, standard input, or the text itself as an argument.

#include "cli/command.h"
#include "diagnose/reader.h"

#include <optional>
#include <string>

namespace quivive::cli {

struct WhyInput {
  std::optional<diagnose::Format> format;  // --from; found out by content otherwise
  std::string environment;                 // the text of --postman-environment; "" for none
};

// Standard input, to its end.
[[nodiscard]] Result<diagnose::Capture, Failure> read_capture(std::istream& in, std::string_view name, const WhyInput& input);
// The file of that name; or the argument itself where there is no such file and it is a token, a field line or a command.
[[nodiscard]] Result<diagnose::Capture, Failure> read_capture_argument(const std::string& argument, const WhyInput& input);
// A small text file whole. The Failure names it.
[[nodiscard]] Result<std::string, Failure> read_text_file(const std::string& name, std::size_t limit);

}  // namespace quivive::cli
