#pragma once
// Answerer: who wrote a response. Applications, gateways, proxies and CDNs all answer 401, and the fix depends on which.

#include "diagnose/facts.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace quivive::diagnose {

struct Answerer {
  enum class Kind : std::uint8_t { Application, Gateway, Proxy, Cdn, Idp, Unknown };
  Kind kind = Kind::Unknown;
  std::string name;      // "nginx", "Kong"; "" where unknown
  std::string evidence;  // "response.header server", "response.body"; "" where unknown
};
[[nodiscard]] std::string_view name_of(Answerer::Kind kind);

// From the header fields and the body of that response; Unknown without one.
[[nodiscard]] Answerer identify_answerer(const Facts& facts);

}  // namespace quivive::diagnose
