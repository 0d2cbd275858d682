#pragma once
// Secrets: every credential that a capture holds, in any place and in every form that it may be printed in.

#include "diagnose/capture.h"
#include "diagnose/expectations.h"
#include "diagnose/facts.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace quivive::diagnose {

inline constexpr std::size_t kShortestSecret = 4;  // a shorter one would blot out ordinary words
inline constexpr std::size_t kMaxSecrets = 50'000;

struct Secrets {
  struct Known {
    std::string text;
    bool hidden = false;  // a password, or what one can be read from: not even its ends may be shown
  };
  std::vector<Known> known;  // each once
  bool complete = true;      // false where there were more than kMaxSecrets
};

// Credentials of requests, with their decoded parts (user's password, token, cookie values); those that responses hand out;
// secrets in bodies, queries, fragments and commands; what the caller gave.
[[nodiscard]] Secrets collect_secrets(const Capture& capture, std::span<const Facts> facts, const Expectations& expected);
// These alone.
[[nodiscard]] Secrets given_secrets(std::span<const Secret> secrets);

}  // namespace quivive::diagnose
