#pragma once
// A Digest challenge as a client reads it (RFC 7616 section 3.3): whether it can be answered, and how strong it is.

#include "base/result.h"
#include "client/explanation.h"
#include "digest/algorithm.h"
#include "http/challenge.h"

#include <optional>
#include <string>
#include <vector>

namespace quivive::client {

struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::optional<std::string> opaque;
  std::string domain;  // URIs between spaces, as sent; "" for the whole origin
  digest::DigestAlgorithm algorithm = digest::DigestAlgorithm::Md5;
  bool algorithm_said = false;          // an old server may not read a parameter that it did not send
  bool auth = false, auth_int = false;  // neither: a server of RFC 2069, which sends no qop
  bool stale = false;
  bool userhash = false;
  bool utf8 = false;
};

struct DigestChallengeProblem {
  CallCause cause = CallCause::MalformedChallenge;  // or DigestAlgorithm, DigestAuthIntOnly
  std::string detail;
};
[[noreturn]] void throw_exception_from_error(const DigestChallengeProblem& error, const boost::source_location&);

// Reads one. `body_known`: auth-int can be answered. Problems: no realm or nonce; an algorithm that is unknown or that this machine does not offer;
// no qop that can be answered.
[[nodiscard]] Result<DigestChallenge, DigestChallengeProblem> read_digest_challenge(const http::Challenge& challenge, bool body_known);

}  // namespace quivive::client
