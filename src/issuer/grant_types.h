#pragma once
// The grant types of the token endpoint.

#include "base/clock.h"

#include <array>
#include <string_view>

namespace quivive::issuer {

inline constexpr std::string_view kClientCredentials = "client_credentials";   // RFC 6749 section 4.4
inline constexpr std::string_view kAuthorizationCode = "authorization_code";   // RFC 6749 section 4.1
inline constexpr std::string_view kRefreshToken = "refresh_token";             // RFC 6749 section 6
inline constexpr std::string_view kDeviceCode = "urn:ietf:params:oauth:grant-type:device_code";  // RFC 8628 section 3.4

inline constexpr Duration kDevicePollInterval = std::chrono::seconds(5);  // the interval of RFC 8628 section 3.2

inline constexpr std::array kGrantTypes = {kAuthorizationCode, kRefreshToken, kClientCredentials, kDeviceCode};

}  // namespace quivive::issuer
