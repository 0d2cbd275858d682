#pragma once
// Field lines as people paste them: as arguments or on standard input, with or without the field's name in front.

#include "base/json.h"
#include "base/result.h"
#include "http/challenge.h"

#include <cstddef>
#include <istream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::cli {

// The lines of `in`, without CR; empty ones at the end are dropped. An Error if there is none or more than `limit` bytes.
[[nodiscard]] Result<std::vector<std::string>> read_lines(std::istream& in, std::size_t limit);

// How many bytes of `line` are one of these field names, the colon and white space after it; 0 if it starts otherwise.
[[nodiscard]] std::size_t field_name_size(std::string_view line, std::span<const std::string_view> names);

// As a JSON string; bytes that are not UTF-8 become U+FFFD, so that the document stays JSON.
[[nodiscard]] Json json_text(std::string_view text);
// [["realm", "x"], …], in the order sent.
[[nodiscard]] JsonArray json_params(std::span<const http::AuthParam> params);
// `code` is the catalogue's code of them all; which fault it is, and where, the rest of a problem says. `prefixes` has, for
// each line, the bytes that stood before what was parsed: offsets count from the line as given.
[[nodiscard]] JsonArray json_problems(std::string_view code, std::span<const http::SyntaxProblem> problems,
                                      std::span<const std::size_t> prefixes);
// The same for a person, one line each.
[[nodiscard]] std::string problem_lines(std::span<const http::SyntaxProblem> problems, std::span<const std::size_t> prefixes);

}  // namespace quivive::cli
