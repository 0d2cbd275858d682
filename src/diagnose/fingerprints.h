#pragma once
// Fingerprints: texts by which servers say why they refuse. The table is diagnose/fingerprints.def.

#include "diagnose/cause.h"
#include "diagnose/facts.h"
#include "diagnose/finding.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quivive::diagnose {

struct Fingerprint {
  enum class Says : std::uint8_t { Hints, Names };
  std::string_view text;  // lower case
  std::string_view emitter;
  Cause cause{};
  Certainty certainty{};
  Says says{};
};
[[nodiscard]] std::span<const Fingerprint> all_fingerprints();

struct Said {
  const Fingerprint* row = nullptr;
  std::string part, name;  // where: "response.header" and the field's name, or "response.body"
  std::string quote;       // the sentence that has it, as the server wrote it
};

// Every row that the response has, each once, in the order of the table. A text that is only a piece of a longer one that is
// there too says nothing of its own ("expired jwt" in "invalid or expired jwt") and is left out.
[[nodiscard]] std::vector<Said> find_fingerprints(const Facts& facts);

// What a server's sentence says that it expects: `expected: https://api.example.com`, `ValidAudience: 'x'`; "" where nothing.
[[nodiscard]] std::string expected_in(std::string_view quote);
// What it says that it got: `The audience 'x' is invalid`; "" where nothing.
[[nodiscard]] std::string received_in(std::string_view quote);

}  // namespace quivive::diagnose
