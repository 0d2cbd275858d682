#pragma once
// Redaction: what was a credential in the input is printed only in a form that cannot be used.

#include "diagnose/secrets.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace quivive::diagnose {

// Four hexadecimal digits twice, "9f2c 11ab": equal for equal secrets, and too short to search a token with.
[[nodiscard]] std::string fingerprint(std::string_view secret);
// "eyJh…x7Qw" for 24 characters and more, else "…": the short form without the fingerprint.
[[nodiscard]] std::string shortened(std::string_view secret);

class Redactor {
 public:
  explicit Redactor(Secrets secrets);

  // `text` with every secret in it replaced by its short form, also where it is percent-encoded; whatever looks like a JWT
  // is replaced even when it was not known. Secrets that overlap leave nothing of each other.
  [[nodiscard]] std::string operator()(std::string_view text) const { return replace(text, nullptr); }
  // The same, with the fingerprints of the tokens in it at the end, so that two can be compared. None of a password: it could
  // be searched for.
  [[nodiscard]] std::string with_fingerprints(std::string_view text) const;

 private:
  struct Span {
    std::size_t begin = 0, end = 0;
    bool hidden = false;
  };
  [[nodiscard]] std::vector<Span> find(std::string_view text) const;
  [[nodiscard]] std::string replace(std::string_view text, std::vector<std::string>* tokens) const;

  std::vector<Secrets::Known> known_;  // longest first
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> by_beginning_;  // first four bytes → indices, longest first
  bool complete_ = true;
};

}  // namespace quivive::diagnose
