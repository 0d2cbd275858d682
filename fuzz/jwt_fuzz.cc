// Tokens: parse, choose a key, verify. Whatever the bytes, no crash, and no token is accepted.

#include "jose/verify_jwt.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace quivive;
using jose::JwsAlgorithm;

constexpr std::string_view kKeys = R"({"keys":[
{"kty":"RSA","kid":"r","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"},
{"kty":"EC","kid":"e","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
{"kty":"OKP","kid":"o","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
// Published in RFC 7515 appendix A.1, so that its example is a seed that verifies.
constexpr std::string_view kSecrets =
    R"({"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]})";

jose::JwtPolicy policy_of(std::initializer_list<JwsAlgorithm> algorithms) {
  jose::JwtPolicy::Builder builder("joe");
  builder.accept_audience("https://api.example.com").max_age(std::chrono::hours{1}).require_claim("sub");
  for (const JwsAlgorithm algorithm : algorithms) builder.allow_algorithm(algorithm);
  return builder.build().value();
}

// Both published signatures under these keys (RFC 7515 A.1 and A.3) are of claims without `sub`: nothing may pass.
void judge(const jose::RawJwt& raw, const jose::JwtPolicy& policy, const jose::KeySet& keys) {
  static crypto::SignatureVerifier verifier;
  const auto key = jose::select_key(raw, policy, keys);
  if (key && jose::verify(raw, **key, policy, from_unix_seconds(1300819380), verifier)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const jose::KeySet keys = jose::KeySet::parse(kKeys).value();
  static const jose::KeySet secrets = jose::KeySet::parse(kSecrets, jose::SymmetricKeys::Allow).value();
  static const jose::JwtPolicy asymmetric =
      policy_of({JwsAlgorithm::RS256, JwsAlgorithm::PS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA});
  static const jose::JwtPolicy symmetric = policy_of({JwsAlgorithm::HS256, JwsAlgorithm::HS512});

  const auto raw = jose::RawJwt::parse({reinterpret_cast<const char*>(data), size});
  if (!raw) {
    if (raw.error().detail.find('\n') != std::string::npos) std::abort();  // one printable line
    return 0;
  }
  judge(*raw, asymmetric, keys);
  judge(*raw, symmetric, keys);
  judge(*raw, asymmetric, secrets);
  judge(*raw, symmetric, secrets);
  return 0;
}
