#include "http/challenge.h"

#include "base/text.h"
#include "http/auth_reader.h"

#include <algorithm>

namespace quivive::http {

const std::string* Challenge::param(std::string_view name) const {
  const auto found = std::find_if(params.begin(), params.end(), [&](const AuthParam& p) { return iequals(p.name, name); });
  return found == params.end() ? nullptr : &found->value;
}

ParsedChallenges parse_challenges(std::span<const std::string_view> lines) {
  detail::AuthReader reader(detail::AuthReader::Kind::Challenges);
  for (const std::string_view line : lines) reader.read_line(line);
  ParsedChallenges out{std::move(reader.challenges), std::move(reader.problems)};
  if (!lines.empty() && out.challenges.empty() && out.problems.empty()) {
    out.problems.push_back({SyntaxFault::MissingScheme, 0, 0, "the field is empty"});
  }
  return out;
}

ParsedChallenges parse_challenges(std::string_view line) { return parse_challenges(std::span(&line, 1)); }

}  // namespace quivive::http
