#include "issuer/metadata.h"

#include "issuer/client_assertion.h"
#include "issuer/grant_types.h"

#include <fmt/format.h>

#include <algorithm>

namespace quivive::issuer {
namespace {

constexpr std::string_view kCached = "public, max-age=300";

JsonArray list(std::initializer_list<std::string_view> words) {
  JsonArray out;
  for (const std::string_view word : words) out.emplace_back(word);
  return out;
}

}  // namespace

JsonObject metadata(const Settings& settings, const KeyRing& keys) {
  const auto at = [&](std::string_view path) { return settings.url + std::string(path); };
  const JsonArray proofs = list({"client_secret_basic", "client_secret_post", "private_key_jwt", "none"});
  const JsonArray confidential = list({"client_secret_basic", "client_secret_post", "private_key_jwt"});
  JsonArray algorithms;
  for (const auto algorithm : kAssertionAlgorithms) algorithms.emplace_back(jose::name_of(algorithm));
  JsonObject out{{"issuer", settings.url},
                 {"token_endpoint", at(kTokenPath)},
                 {"token_endpoint_auth_methods_supported", proofs},
                 {"token_endpoint_auth_signing_alg_values_supported", algorithms},
                 {"jwks_uri", at(kJwksPath)},
                 {"revocation_endpoint", at(kRevocationPath)},
                 {"revocation_endpoint_auth_methods_supported", proofs},
                 {"introspection_endpoint", at(kIntrospectionPath)},
                 {"introspection_endpoint_auth_methods_supported", confidential},
                 {"revocation_endpoint_auth_signing_alg_values_supported", algorithms},
                 {"introspection_endpoint_auth_signing_alg_values_supported", algorithms}};
  if (!settings.users_sign_in) {
    out["grant_types_supported"] = list({kClientCredentials});
    out["response_types_supported"] = JsonArray();
    return out;
  }
  JsonArray grants;
  for (const std::string_view grant : kGrantTypes) grants.emplace_back(grant);
  out["authorization_endpoint"] = at(kAuthorizePath);
  out["device_authorization_endpoint"] = at(kDeviceAuthorizationPath);
  out["grant_types_supported"] = std::move(grants);
  // Also those of keys that are only published yet, or only verify: which of them signs changes without notice.
  JsonArray signing;
  for (const KeyRing::Key& key : keys.all()) {
    if (const Json name(jose::name_of(key.algorithm)); std::ranges::find(signing, name) == signing.end()) signing.push_back(name);
  }
  out["id_token_signing_alg_values_supported"] = std::move(signing);
  out["subject_types_supported"] = list({"public"});
  out["request_parameter_supported"] = false;
  out["request_uri_parameter_supported"] = false;
  out["response_types_supported"] = list({"code"});
  out["response_modes_supported"] = list({"query"});
  out["code_challenge_methods_supported"] = list({"S256"});
  out["authorization_response_iss_parameter_supported"] = true;
  out["scopes_supported"] = list({"openid"});
  out["claims_supported"] = list({"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash"});
  return out;
}

Answer answer_metadata(const Service& service) {
  const auto keys = service.keys();
  if (keys == nullptr) return refused(broken("there is no signing key yet"), service.settings().url);
  Answer out;
  out.cache_control = kCached;
  out.body = to_json(metadata(service.settings(), *keys));
  return out;
}

Answer answer_jwks(const Service& service) {
  const auto keys = service.keys();
  if (keys == nullptr) return refused(broken("there is no signing key yet"), service.settings().url);
  Answer out;
  out.content_type = "application/jwk-set+json";
  out.cache_control = kCached;
  out.body = keys->jwks();
  return out;
}

}  // namespace quivive::issuer
