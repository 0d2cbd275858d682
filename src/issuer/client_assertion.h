#pragma once
// private_key_jwt: a client proves who it is by a JWT that it signed (RFC 7523 section 3, OpenID Connect Core section 9).

#include "issuer/oauth_error.h"
#include "issuer/settings.h"
#include "store/oauth_ports.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace quivive::issuer {

inline constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
inline constexpr Duration kMostAssertionLifetime = std::chrono::minutes(10);
// What an assertion may be signed with.
inline constexpr std::array kAssertionAlgorithms = {jose::JwsAlgorithm::ES256, jose::JwsAlgorithm::ES384, jose::JwsAlgorithm::ES512,
                                                    jose::JwsAlgorithm::EdDSA, jose::JwsAlgorithm::RS256, jose::JwsAlgorithm::PS256};

// What a client is told that did not prove who it is, whether there is one of that name or not.
inline constexpr std::string_view kUnproven = "the client is unknown, or did not prove who it is";

// Who it says it is of; not believed.
[[nodiscard]] std::optional<std::string> assertion_issuer(std::string_view assertion);

// Why it does not prove that: signature by one of the client's keys; iss and sub the client; aud the issuer or the token endpoint;
// exp there and at most kMostAssertionLifetime away; jti there and not seen before. What does not hold is kUnproven to the client, and has
// its detail for the log; the faults of what the client did sign are told to it.
[[nodiscard]] std::optional<Refusal> check_assertion(store::OAuthStore& store, const Settings& settings, const store::ClientRecord& client,
                                                     std::string_view assertion, Instant now);

}  // namespace quivive::issuer
