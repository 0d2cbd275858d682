#include "jose/examine_jwt.h"

#include "base/base64.h"
#include "base/text.h"
#include "jose/claim_checks.h"
#include "jose/verify_jwt.h"

#include <algorithm>

namespace quivive::jose {
namespace {

constexpr std::size_t kMaxExamined = 256 * 1024;

// The parts of a JWS whose payload is nobody's business.
struct Jws {
  std::string_view signing_input;
  std::string signature;
  std::string kid;
  std::optional<JwsAlgorithm> algorithm;
  std::string algorithm_name;
};

Result<Jws, JwtFailure> parse_jws(std::string_view compact) {
  const auto malformed = [](std::string detail) { return JwtFailure{Reason::TokenMalformed, std::move(detail)}; };
  const std::size_t first = compact.find('.');
  const std::size_t last = compact.rfind('.');
  if (compact.empty()) return JwtFailure{Reason::TokenEmpty, "nothing there"};
  if (first == std::string_view::npos || first == last) return malformed("a JWS has three parts with dots between");
  if (compact.find('.', first + 1) != last) return malformed("more than three parts");
  const auto header_bytes = base64url_decode(compact.substr(0, first));
  const auto payload = base64url_decode(compact.substr(first + 1, last - first - 1));
  auto signature = base64url_decode(compact.substr(last + 1));
  if (!header_bytes) return malformed("the header is not base64url");
  if (!payload) return malformed("the payload is not base64url");
  if (!signature) return malformed("the signature is not base64url");
  const auto header = parse_json(*header_bytes);
  if (!header || !header->is_object()) return malformed("the header is no JSON object");
  Jws out;
  out.algorithm_name = string_member(header->get_object(), "alg").value_or("");
  out.algorithm = parse_algorithm(out.algorithm_name);
  out.kid = string_member(header->get_object(), "kid").value_or("");
  out.signing_input = compact.substr(0, last);
  out.signature = std::move(*signature);
  if (iequals(out.algorithm_name, "none") || out.signature.empty()) return JwtFailure{Reason::TokenAlgNone, "the token is not signed"};
  for (const std::string_view name : {"crit", "b64"}) {
    if (member(header->get_object(), name) != nullptr) return JwtFailure{Reason::TokenCriticalHeader, fmt::format("{} is not understood", name)};
  }
  return out;
}

Result<JwtPolicy> policy_for(const Examination& expected, JwsAlgorithm algorithm) {
  JwtPolicy::Builder builder(expected.issuer.value_or(""));
  if (!expected.issuer) builder.accept_any_issuer();
  if (expected.audiences.empty()) builder.accept_any_audience();
  for (const std::string& audience : expected.audiences) builder.accept_audience(audience);
  return builder.allow_algorithm(algorithm).allow_missing_expiration().accept_id_tokens().leeway(expected.leeway).build();
}

bool is_expected(const Examination& expected, JwsAlgorithm algorithm) {
  return expected.algorithms.empty() || std::find(expected.algorithms.begin(), expected.algorithms.end(), algorithm) != expected.algorithms.end();
}

JwtFailure wrong_algorithm(const Examination& expected, std::string_view seen) {
  std::string wanted;
  for (const JwsAlgorithm algorithm : expected.algorithms) wanted += (wanted.empty() ? "" : " or ") + std::string(name_of(algorithm));
  return {Reason::TokenAlgorithmNotAllowed, fmt::format("alg {}, expected {}", seen.empty() ? "absent" : printable(seen, 64), wanted.empty() ? "a signature algorithm" : wanted)};
}

// The failure of the signature, if any.
std::optional<JwtFailure> check_signature(const Jws& jws, const KeySet& keys, const Examination& expected) {
  if (!jws.algorithm || !is_expected(expected, *jws.algorithm)) return wrong_algorithm(expected, jws.algorithm_name);
  const std::string_view name = name_of(*jws.algorithm);
  const KeySet::Lookup lookup = keys.find(jws.kid, *jws.algorithm);
  std::vector<const Jwk*> candidates;
  switch (lookup.found) {
    case KeySet::Found::Key: candidates.push_back(lookup.key); break;
    case KeySet::Found::Misfit:
      return JwtFailure{Reason::TokenAlgorithmNotAllowed, fmt::format("alg {} does not fit the key with kid {}", name, printable(jws.kid, 64))};
    case KeySet::Found::Unknown: {
      std::vector<std::string> kinds;
      for (const Jwk& key : keys.keys()) kinds.push_back(key.description());
      if (jws.kid.empty() || keys.keys().size() == 1) {
        const bool fits = std::any_of(keys.keys().begin(), keys.keys().end(), [&](const Jwk& key) { return key.fits(*jws.algorithm); });
        if (!fits) return JwtFailure{Reason::TokenAlgorithmNotAllowed, fmt::format("alg {} fits no key given ({})", name, fmt::join(kinds, ", "))};
      }
      return JwtFailure{Reason::TokenUnknownKey, fmt::format("none of {} keys has kid {}", keys.keys().size(), printable(jws.kid, 64))};
    }
    case KeySet::Found::Ambiguous:  // a person may try them all
      for (const Jwk& key : keys.keys()) {
        if (key.fits(*jws.algorithm) && (jws.kid.empty() || key.kid() == jws.kid)) candidates.push_back(&key);
      }
      break;
  }
  crypto::SignatureVerifier verifier;
  for (const Jwk* key : candidates) {
    if (signature_holds(*jws.algorithm, *key, jws.signing_input, jws.signature, verifier)) return std::nullopt;
  }
  return JwtFailure{Reason::TokenBadSignature, candidates.size() == 1 ? fmt::format("{} under the key {} ({})", name,
                                                                                     candidates[0]->kid().empty() ? "without kid" : printable(candidates[0]->kid(), 64),
                                                                                     candidates[0]->description())
                                                                       : fmt::format("{} under none of {} keys", name, candidates.size())};
}

}  // namespace

Result<std::vector<JwtFailure>> examine(std::string_view compact, const KeySet& keys, const Examination& expected, Instant now) {
  // A policy is built even where only the signature counts: its bounds are the options' bounds.
  if (auto policy = policy_for(expected, JwsAlgorithm::ES256); !policy) return policy.error();
  std::vector<JwtFailure> failures;
  if (compact.size() > kMaxExamined) {
    return std::vector<JwtFailure>{{Reason::TokenMalformed, fmt::format("longer than {} bytes", kMaxExamined)}};
  }
  const auto raw = RawJwt::parse(compact, kMaxExamined);
  if (!expected.signature_only && !raw) return std::vector<JwtFailure>{raw.error()};
  const auto jws = parse_jws(compact);
  if (!jws) return std::vector<JwtFailure>{jws.error()};
  if (auto failure = check_signature(*jws, keys, expected)) failures.push_back(std::move(*failure));
  if (!expected.signature_only) {
    const auto policy = policy_for(expected, jws->algorithm.value_or(JwsAlgorithm::ES256));
    ClaimTimes times;
    check_claims(*raw, *policy, now, times, failures);
  }
  std::stable_sort(failures.begin(), failures.end(),
                   [](const JwtFailure& a, const JwtFailure& b) { return quivive::info(a.reason).rank > quivive::info(b.reason).rank; });
  return failures;
}

}  // namespace quivive::jose
