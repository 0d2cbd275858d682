#pragma once
// Expectations: what the caller knows beside the input: options of `quivive why`.

#include "base/clock.h"
#include "base/secret.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::diagnose {

struct KeyDocument {
  std::string name;  // of the file or URL, for showing
  std::string text;  // a JWK set
};

struct Expectations {
  std::optional<std::string> issuer, audience, scope, algorithm;
  std::vector<KeyDocument> key_sets;
  Duration leeway = std::chrono::seconds{60};
  std::optional<Instant> now;  // --now: where the response has no Date
  Instant clock{};             // ours: where there is neither
  std::optional<std::string> user;
  std::optional<Secret> password;
  std::vector<Secret> secrets;  // what else was sent that nobody may see, whatever its place looks like
};

}  // namespace quivive::diagnose
