#pragma once
// What an issuer says about itself: RFC 8414, or OpenID Connect Discovery 1.0.

#include "agent/deadline.h"
#include "agent/exchange.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace quivive::agent {

struct IssuerMetadata {
  std::string issuer;                                                                                      // exactly as asked for
  std::string token_endpoint, authorization_endpoint, device_authorization_endpoint, revocation_endpoint;  // "" where there is none
  bool s256 = true;                 // PKCE with S256; false where it names methods and this is none of them
  bool client_basic = true;         // client_secret_basic; false where it names methods and this is none of them
  bool issuer_in_response = false;  // RFC 9207
};

// The places of the metadata of an issuer: RFC 8414 section 3.1 and Discovery section 4. Empty where the issuer is no URL for that.
[[nodiscard]] std::vector<std::string> metadata_urls(std::string_view issuer);

// Reads one. An Error where it is no metadata, is another issuer's (RFC 8414 section 3.3), or names an endpoint that is no https URL.
[[nodiscard]] Result<IssuerMetadata> read_metadata(std::string_view json, std::string_view issuer);

// Asks for it. Blocks, not past `until`.
[[nodiscard]] Result<IssuerMetadata> discover(Exchanger& exchanger, const std::string& issuer, const Deadline& until = {});

}  // namespace quivive::agent
