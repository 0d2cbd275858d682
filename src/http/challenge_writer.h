#pragma once
// Writes one challenge as a WWW-Authenticate value (RFC 9110 section 11.6.1), correctly quoted.

#include <string>
#include <string_view>

namespace quivive::http {

struct Challenge;

// ChallengeWriter(out, "Bearer").quoted("realm", realm).token("stale", "true");
// Appends to `out`, which outlives it. Schemes, names and tokens come from our own code and are asserted to be tokens;
// quoted values may hold anything: nothing in them can end the value or the field line.
class ChallengeWriter {
 public:
  ChallengeWriter(std::string& out, std::string_view scheme);
  ChallengeWriter& quoted(std::string_view name, std::string_view value);
  // Without quotes, as stale and algorithm are written (RFC 7616 section 3.3). A value that is no token is quoted.
  ChallengeWriter& token(std::string_view name, std::string_view value);
  // In place of parameters.
  ChallengeWriter& token68(std::string_view value);

 private:
  void begin_param(std::string_view name);
  std::string& out_;
  bool first_ = true;
};

// Appends a parsed challenge; parsing the result gives an equal one if its parts are well formed.
void append_challenge(std::string& out, const Challenge& challenge);

}  // namespace quivive::http
