// quivive challenge parse

#include "base/text.h"
#include "cli/auth_input.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "http/challenge.h"

#include <array>

namespace quivive::cli {
namespace {

constexpr std::array<std::string_view, 2> kChallengeFields = {"WWW-Authenticate", "Proxy-Authenticate"};

JsonObject describe(const http::Challenge& challenge) {
  return {{"scheme", json_text(challenge.scheme)},
          {"token68", challenge.token68 ? json_text(*challenge.token68) : Json(nullptr)},
          {"params", json_params(challenge.params)}};
}

void print(const http::Challenge& challenge, Io& io) {
  io.out << printable(challenge.scheme) << '\n';
  if (challenge.token68) io.out << "  token68  " << printable(*challenge.token68) << '\n';
  for (const http::AuthParam& param : challenge.params) {
    io.out << fmt::format("  {}  {}\n", printable(param.name), printable(param.value));
  }
}

}  // namespace

int run_challenge_parse(const Command& self, Arguments arguments, Io& io) {
  Options options(self);
  bool json = false;
  std::vector<std::string> lines;
  options.add_json(json);
  options.app().add_option("line", lines, "each WWW-Authenticate line of one response; without any, or with -, standard input");
  if (const auto status = options.parse(arguments, io)) return *status;
  if (lines.empty() || (lines.size() == 1 && lines[0] == "-")) {
    auto read = read_lines(io.in, http::kMaxChallengeBytes);
    if (!read) return fail(self, {kWrong, read.error().message}, io);
    lines = std::move(*read);
  }

  std::vector<std::string_view> values;
  std::vector<std::size_t> prefixes;
  for (const std::string& line : lines) {
    prefixes.push_back(field_name_size(line, kChallengeFields));
    values.push_back(std::string_view(line).substr(prefixes.back()));
  }
  const http::ParsedChallenges parsed = http::parse_challenges(values);
  if (json) {
    JsonArray challenges;
    for (const http::Challenge& challenge : parsed.challenges) challenges.push_back(describe(challenge));
    io.out << to_json(JsonObject{{"challenges", challenges},
                                 {"problems", json_problems("malformed-challenge", parsed.problems, prefixes)}}) << '\n';
  } else {
    for (const http::Challenge& challenge : parsed.challenges) print(challenge, io);
    io.out << problem_lines(parsed.problems, prefixes);
  }
  return parsed.problems.empty() ? kDone : kNo;
}

}  // namespace quivive::cli
