#pragma once
// Our own gateway's rejections, recognised: they name their reason, which decides everything.

#include "base/reason.h"
#include "diagnose/facts.h"

#include <optional>
#include <string>

namespace quivive::diagnose {

struct OwnRejection {
  Reason reason{};
  std::string trace;     // what `quivive explain` takes; "" where the response has none
  std::string evidence;  // "response.body" or "response.header www-authenticate"
  std::string text;      // the words that show it
};

// From a problem document (urn:quivive:reason:…), or from body and challenge in the gateway's own words.
[[nodiscard]] std::optional<OwnRejection> own_rejection(const Facts& facts);

}  // namespace quivive::diagnose
