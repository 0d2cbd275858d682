// What a token costs at first sight, beside what OpenSSL's own verification costs.

#include "base/base64.h"
#include "crypto/private_key.h"
#include "jose/jwt_signer.h"
#include "jose/verify_jwt.h"

#include <benchmark/benchmark.h>

#include <map>

namespace {

using namespace quivive;
using jose::JwsAlgorithm;

constexpr std::int64_t kNow = 1700000000;

struct Case {
  std::string token;
  jose::KeySet keys;
  jose::JwtPolicy policy;
};

const Case& case_of(JwsAlgorithm algorithm) {
  static std::map<JwsAlgorithm, Case> cases;
  const auto at = cases.find(algorithm);
  if (at != cases.end()) return at->second;
  const JsonObject claims{{"iss", "https://id.example.com"},
                          {"sub", "5ce0ea75-6c0b-4c43-9b0d-0c2f2b7a3f11"},
                          {"aud", JsonArray{"https://api.example.com", "account"}},
                          {"iat", kNow},
                          {"exp", kNow + 300},
                          {"jti", "9e2e6a2e-6a52-4d4c-a1fb-61fb5f2d4c2c"},
                          {"azp", "web"},
                          {"scope", "openid profile email read write"},
                          {"realm_access", JsonObject{{"roles", JsonArray{"user", "admin"}}}}};
  const auto finish = [&](const jose::JwtSigner& signer, jose::Jwk key) {
    jose::JwtPolicy::Builder builder("https://id.example.com");
    builder.accept_audience("https://api.example.com").allow_algorithm(algorithm);
    return Case{signer.sign(claims).value(), jose::KeySet::of({std::move(key)}).value(), builder.build().value()};
  };
  if (jose::is_symmetric(algorithm)) {
    const auto secret = crypto::MacKey::make(Secret(std::string(64, 'k'))).value();
    return cases
        .emplace(algorithm,
                 finish(jose::JwtSigner::make(secret, algorithm, "k").value(), jose::Jwk::from_secret(secret, "k")))
        .first->second;
  }
  const crypto::KeyKind kind = algorithm == JwsAlgorithm::ES256   ? crypto::KeyKind::EcP256
                               : algorithm == JwsAlgorithm::EdDSA ? crypto::KeyKind::Ed25519
                                                                  : crypto::KeyKind::Rsa;
  const auto key = crypto::PrivateKey::generate(kind).value();
  return cases
      .emplace(algorithm, finish(jose::JwtSigner::make(key, algorithm, "k").value(),
                                 jose::Jwk::from_public_key(key.public_key(), "k")))
      .first->second;
}

void sha256_600(benchmark::State& state) {
  const std::string text(600, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(crypto::sha256(text));
}
BENCHMARK(sha256_600);

void hmac_sha256_600(benchmark::State& state) {
  const std::string text(600, 'x');
  crypto::HmacSha256 mac{Secret(std::string(32, 'k'))};
  for (auto _ : state) benchmark::DoNotOptimize(mac(text));
}
BENCHMARK(hmac_sha256_600);

void parse_token(benchmark::State& state) {
  const Case& c = case_of(JwsAlgorithm::ES256);
  for (auto _ : state) benchmark::DoNotOptimize(jose::RawJwt::parse(c.token));
}
BENCHMARK(parse_token);

// Only the arithmetic: the signature over the signing input, contexts ready.
void signature_only(benchmark::State& state, JwsAlgorithm algorithm) {
  const Case& c = case_of(algorithm);
  const auto raw = jose::RawJwt::parse(c.token).value();
  const jose::Jwk& key = c.keys.keys().front();
  crypto::SignatureVerifier verifier;
  for (auto _ : state) {
    const bool ok = key.is_symmetric() ? verifier.verify_mac(jose::info(algorithm).hash, *key.secret(),
                                                             raw.signing_input(), raw.signature())
                                       : verifier.verify(jose::signature_algorithm(algorithm), *key.public_key(),
                                                         raw.signing_input(), raw.signature());
    if (!ok) state.SkipWithError("signature refused");
  }
}

// The whole way of a token never seen before: text to claims.
void first_sight(benchmark::State& state, JwsAlgorithm algorithm) {
  const Case& c = case_of(algorithm);
  crypto::SignatureVerifier verifier;
  for (auto _ : state) {
    const auto raw = jose::RawJwt::parse(c.token).value();
    const auto key = jose::select_key(raw, c.policy, c.keys).value();
    if (!jose::verify(raw, *key, c.policy, from_unix_seconds(kNow), verifier)) state.SkipWithError("token refused");
  }
}

#define QUIVIVE_BENCH(algorithm)                                         \
  BENCHMARK_CAPTURE(signature_only, algorithm, JwsAlgorithm::algorithm); \
  BENCHMARK_CAPTURE(first_sight, algorithm, JwsAlgorithm::algorithm)
QUIVIVE_BENCH(HS256);
QUIVIVE_BENCH(RS256);
QUIVIVE_BENCH(PS256);
QUIVIVE_BENCH(ES256);
QUIVIVE_BENCH(EdDSA);

}  // namespace

BENCHMARK_MAIN();
