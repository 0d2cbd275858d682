// Challenges and credentials: whatever is read without problems is read the same after it was written; every problem
// lies within the text; and what the quick checks of the gateway accept, the full parser does not contradict.

#include "check.h"
#include "base/text.h"
#include "http/challenge.h"
#include "http/challenge_writer.h"
#include "http/credentials.h"
#include "http/grammar.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace quivive::http;

void check_challenges(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) lines.push_back(text.substr(0, end));
  lines.push_back(text);

  const ParsedChallenges parsed = parse_challenges(lines);
  FUZZ_CHECK(parsed.challenges.size() <= kMaxChallenges && parsed.problems.size() <= kMaxSyntaxProblems);
  for (const SyntaxProblem& problem : parsed.problems) {
    FUZZ_CHECK(problem.line < lines.size() && problem.offset <= lines[problem.line].size() && !problem.detail.empty());
  }
  for (const Challenge& challenge : parsed.challenges) {
    FUZZ_CHECK(is_token(challenge.scheme) && challenge.params.size() <= kMaxAuthParams);
    FUZZ_CHECK(lines[challenge.line].substr(challenge.offset).starts_with(challenge.scheme));
    for (const AuthParam& param : challenge.params) FUZZ_CHECK(is_token(param.name));
    if (!parsed.problems.empty()) continue;

    std::string written;
    append_challenge(written, challenge);
    const ParsedChallenges again = parse_challenges(written);
    FUZZ_CHECK(again.problems.empty() && again.challenges.size() == 1);
    const Challenge& same = again.challenges[0];
    FUZZ_CHECK(same.scheme == challenge.scheme && same.token68 == challenge.token68 && same.params == challenge.params);
  }
}

void check_credentials(std::string_view value) {
  const ParsedCredentials parsed = parse_credentials(value);
  for (const SyntaxProblem& problem : parsed.problems) FUZZ_CHECK(problem.line == 0 && problem.offset <= value.size());
  const bool several = holds_several_credentials(value);
  const SplitCredentials split = split_credentials(value);
  FUZZ_CHECK(split.scheme.size() + split.rest.size() <= value.size());
  if (!parsed.problems.empty()) return;
  FUZZ_CHECK(!several || (parsed.token68 && value.find(',') != std::string_view::npos));
  if (is_token(value.substr(0, 1)) && value.find(',') == std::string_view::npos) {
    FUZZ_CHECK(split.scheme == parsed.scheme);
    if (parsed.token68) FUZZ_CHECK(quivive::trim_ows(split.rest) == *parsed.token68);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_challenges(text);
  check_credentials(text);

  // Any value at all, once between quotes, is one parameter of one challenge.
  std::string written;
  ChallengeWriter(written, "Bearer").quoted("realm", text).token("x", text);
  FUZZ_CHECK(is_field_value(written));
  const ParsedChallenges parsed = parse_challenges(written);
  if (written.size() <= kMaxChallengeBytes) {
    FUZZ_CHECK(parsed.problems.empty() && parsed.challenges.size() == 1 && parsed.challenges[0].params.size() == 2);
    if (is_field_value(text)) FUZZ_CHECK(parsed.challenges[0].params[0].value == text);
  }
  return 0;
}
