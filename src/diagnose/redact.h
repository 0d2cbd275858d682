#pragma once
// Redaction: what was a credential in the input is printed only in a form that cannot be used.

#include "diagnose/secrets.h"

#include <cstddef>
#include <cstdint>
#include <span>
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
  [[nodiscard]] std::string operator()(std::string_view text) const { return replace(text, find(text), nullptr); }
  // The same for a sentence of ours that may quote the input: a secret that is a plain word ("server") is taken out where it is
  // quoted or part of something, and left where the sentence itself needs it. The gap would tell the secret.
  // So is whatever lies within one of the texts of `own`, which are the same for every secret.
  [[nodiscard]] std::string prose(std::string_view text, std::span<const std::string_view> own = {}) const;
  // The same as operator(), with the fingerprints of the tokens in it at the end, so that two can be compared. None of a password: it could
  // be searched for. Of `own` only what is longer than the secret stays: this is for quoting what a server sent, who may send that text too.
  [[nodiscard]] std::string with_fingerprints(std::string_view text, std::span<const std::string_view> own = {}) const;

 private:
  struct Span {
    std::size_t begin = 0, end = 0;
    bool hidden = false;
  };
  [[nodiscard]] std::vector<Span> find(std::string_view text) const;
  // Without those that lie within one of `own` that is longer by so much.
  [[nodiscard]] std::vector<Span> find_outside(std::string_view text, std::span<const std::string_view> own, std::size_t shorter_by) const;
  [[nodiscard]] static std::string replace(std::string_view text, const std::vector<Span>& spans, std::vector<std::string>* tokens);
  // What is left of a known secret at `at` that was cut, by an ellipsis or where the text ends; 0 for none. `tail`: bytes behind
  // the ellipsis that go on with it.
  [[nodiscard]] std::size_t cut_size(std::string_view text, std::size_t at, std::size_t& tail) const;

  std::vector<Secrets::Known> known_;                                           // longest first
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> by_beginning_;  // first four bytes → indices, longest first
  bool complete_ = true;
};

}  // namespace quivive::diagnose
