#include "client/digest_challenge.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "http/grammar.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace quivive::client {
namespace {

DigestChallengeProblem problem(CallCause cause, std::string detail) { return {cause, std::move(detail)}; }

bool says_true(const std::string* value) { return value != nullptr && iequals(*value, "true"); }

bool repeated(const http::Challenge& challenge, std::string_view name) {
  return std::count_if(challenge.params.begin(), challenge.params.end(), [&](const auto& param) { return iequals(param.name, name); }) > 1;
}

}  // namespace

void throw_exception_from_error(const DigestChallengeProblem& error, const boost::source_location&) {
  throw std::logic_error("value() of a Digest challenge that cannot be answered: " + error.detail);
}

Result<DigestChallenge, DigestChallengeProblem> read_digest_challenge(const http::Challenge& challenge, bool body_known) {
  // Threat: two readers that take one the first, the other the last.
  for (const std::string_view name : std::array<std::string_view, 5>{"realm", "nonce", "algorithm", "qop", "opaque"}) {
    if (repeated(challenge, name)) return problem(CallCause::MalformedChallenge, "the Digest challenge has two of " + std::string(name));
  }
  const std::string* realm = challenge.param("realm");
  const std::string* nonce = challenge.param("nonce");
  if (realm == nullptr || nonce == nullptr || nonce->empty()) {
    return problem(CallCause::MalformedChallenge, "the Digest challenge has no realm or no nonce");
  }
  DigestChallenge out;
  out.realm = *realm;
  out.nonce = *nonce;
  if (const std::string* opaque = challenge.param("opaque")) out.opaque = *opaque;
  if (const std::string* domain = challenge.param("domain")) out.domain = *domain;
  if (const std::string* name = challenge.param("algorithm")) {
    const auto algorithm = digest::parse_algorithm(*name);
    if (!algorithm) return problem(CallCause::DigestAlgorithm, "the Digest algorithm " + printable(*name, 40) + " is not known");
    out.algorithm = *algorithm;
    out.algorithm_said = true;
  }
  const digest::DigestAlgorithmInfo& row = digest::info(out.algorithm);
  if (!crypto::hash_available(row.hash)) {
    return problem(CallCause::DigestAlgorithm, "this machine does not offer the Digest algorithm " + std::string(row.name));
  }
  out.stale = says_true(challenge.param("stale"));
  out.userhash = says_true(challenge.param("userhash"));
  const std::string* charset = challenge.param("charset");
  out.utf8 = charset != nullptr && iequals(*charset, "UTF-8");
  const std::string* qop = challenge.param("qop");
  if (qop == nullptr) {
    if (row.session) return problem(CallCause::MalformedChallenge, "a -sess algorithm without qop has no cnonce to make its key of");
    return out;
  }
  std::string_view list = *qop;
  while (const auto element = http::take_list_element(list)) {
    out.auth = out.auth || iequals(*element, "auth");
    out.auth_int = out.auth_int || iequals(*element, "auth-int");
  }
  if (out.auth || (out.auth_int && body_known)) return out;
  if (out.auth_int)
    return problem(CallCause::DigestAuthIntOnly, "Digest with auth-int only is over the body, whose bytes are not known beforehand");
  return problem(CallCause::MalformedChallenge, "the Digest challenge offers no qop that there is: " + printable(*qop, 40));
}

}  // namespace quivive::client
