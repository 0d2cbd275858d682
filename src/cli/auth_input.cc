#include "cli/auth_input.h"

#include "base/text.h"

namespace quivive::cli {
namespace {

std::size_t offset_in_line(const http::SyntaxProblem& problem, std::span<const std::size_t> prefixes) {
  return problem.offset + (problem.line < prefixes.size() ? prefixes[problem.line] : 0);
}

}  // namespace

Result<std::vector<std::string>> read_lines(std::istream& in, std::size_t limit) {
  std::string text(limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit) return error("standard input has more than {} bytes", limit);
  std::vector<std::string> lines;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  if (lines.empty()) return error("standard input is empty");
  return lines;
}

std::size_t field_name_size(std::string_view line, std::span<const std::string_view> names) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return 0;
  for (const std::string_view name : names) {
    if (!iequals(line.substr(0, colon), name)) continue;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    return value == std::string_view::npos ? line.size() : value;
  }
  return 0;
}

Json json_text(std::string_view text) {
  if (is_valid_utf8(text)) return Json(text);
  std::string quoted = json_quote(text);
  const JsonLimits limits{.bytes = quoted.size()};
  return parse_json(quoted, limits).value();
}

JsonArray json_params(std::span<const http::AuthParam> params) {
  JsonArray out;
  for (const http::AuthParam& param : params) out.push_back(JsonArray{json_text(param.name), json_text(param.value)});
  return out;
}

JsonArray json_problems(std::string_view code, std::span<const http::SyntaxProblem> problems,
                        std::span<const std::size_t> prefixes) {
  JsonArray out;
  for (const http::SyntaxProblem& problem : problems) {
    out.push_back(JsonObject{{"code", code}, {"line", problem.line},
                             {"offset", offset_in_line(problem, prefixes)},
                             {"detail", fmt::format("{}: {}", http::name_of(problem.fault), problem.detail)}});
  }
  return out;
}

std::string problem_lines(std::span<const http::SyntaxProblem> problems, std::span<const std::size_t> prefixes) {
  std::string out;
  for (const http::SyntaxProblem& problem : problems) {
    out += fmt::format("problem  {}, line {}, offset {}: {}\n", http::name_of(problem.fault), problem.line,
                       offset_in_line(problem, prefixes), problem.detail);
  }
  return out;
}

}  // namespace quivive::cli
