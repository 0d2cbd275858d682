#pragma once
// Redaction: what was a credential in the input is printed only in a form that cannot be used.

#include "diagnose/capture.h"
#include "diagnose/expectations.h"
#include "diagnose/facts.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

// Four hexadecimal digits twice, "9f2c 11ab": equal for equal secrets, and too short to search a token with.
[[nodiscard]] std::string fingerprint(std::string_view secret);
// "eyJh…x7Qw" for 24 characters and more, else "…": the short form without the fingerprint.
[[nodiscard]] std::string shortened(std::string_view secret);

// Knows every secret of a capture: credentials in any place, their decoded parts (user's password, token, cookie values),
// secrets in bodies and URLs, of requests and responses.
class Redactor {
 public:
  Redactor(const Capture& capture, std::span<const Facts> facts, const Expectations& expected);
  explicit Redactor(std::vector<std::string> secrets);

  // `text` with every secret in it replaced by its short form, also where it is percent-encoded; whatever looks like a JWT
  // is replaced even when it was not known.
  [[nodiscard]] std::string operator()(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // longest first
};

}  // namespace quivive::diagnose
