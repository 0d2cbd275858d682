#pragma once
// What the Digest code of known clients cannot do, as their sources have it. For rules/digest.cc.

#include "diagnose/cause.h"
#include "diagnose/facts.h"
#include "http/challenge.h"

#include <optional>
#include <string>
#include <string_view>

namespace quivive::diagnose::digest_detail {

// What a client's Digest code is known to lack.
struct ClientLimits {
  std::string_view name;
  std::string_view algorithms;        // lower case, between spaces
  bool splits_qop_untrimmed = false;  // takes ` auth` for another value than `auth`
  bool first_challenge_only = false;  // looks only at field values that begin with Digest
  bool no_auth_int = false;
};
// By User-Agent or the capture's tool; nullptr for a client about which nothing is known.
[[nodiscard]] const ClientLimits* client_limits(const Facts& facts, std::string_view tool);

// Why that client sends no answer to that challenge, in the header line `line`; nothing where it can answer.
struct Obstacle {
  Cause cause{};
  std::string summary, fix, mark;
};
[[nodiscard]] std::optional<Obstacle> obstacle(const ClientLimits& client, const http::Challenge& challenge, std::string_view line);

}  // namespace quivive::diagnose::digest_detail
