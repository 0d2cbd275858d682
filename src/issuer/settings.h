#pragma once
// What the token service is told once.

#include "base/clock.h"
#include "jose/algorithm.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::issuer {

struct Settings {
  std::string url;                     // the issuer identifier: an origin
  std::vector<std::string> audiences;  // of access tokens; never empty
  jose::JwsAlgorithm algorithm = jose::JwsAlgorithm::ES256;
  Duration access_token_lifetime = std::chrono::minutes(10);
  Duration refresh_token_lifetime = std::chrono::hours(24 * 30);
  Duration refresh_grace = std::chrono::seconds(10);
  Duration code_lifetime = std::chrono::minutes(1);
  Duration device_code_lifetime = std::chrono::minutes(10);
  Duration key_rotation = std::chrono::hours(24 * 30);
  bool users_sign_in = false;          // whether there is a login: without it only client_credentials is left
  bool operator==(const Settings&) const = default;
};

// No access token lives longer, whatever the settings say now or said before.
inline constexpr Duration kLongestAccessToken = std::chrono::hours(24);

// The endpoints, below the issuer's URL.
inline constexpr std::string_view kTokenPath = "/.quivive/oauth/token";
inline constexpr std::string_view kAuthorizePath = "/.quivive/oauth/authorize";
inline constexpr std::string_view kDeviceAuthorizationPath = "/.quivive/oauth/device_authorization";
inline constexpr std::string_view kDevicePath = "/.quivive/oauth/device";
inline constexpr std::string_view kRevocationPath = "/.quivive/oauth/revoke";
inline constexpr std::string_view kIntrospectionPath = "/.quivive/oauth/introspect";
inline constexpr std::string_view kJwksPath = "/.quivive/oauth/jwks.json";
inline constexpr std::string_view kMetadataPath = "/.well-known/oauth-authorization-server";  // RFC 8414 section 3
inline constexpr std::string_view kDiscoveryPath = "/.well-known/openid-configuration";       // OpenID Connect Discovery section 4

}  // namespace quivive::issuer
