#pragma once
// Carries requests to an issuer's endpoints (client/token_request.h says what is in them) and hands back what came. No redirect is
// followed: a form that holds secrets goes where it was meant to go, or nowhere.

#include "agent/exchange.h"
#include "base/clock.h"
#include "client/call.h"
#include "client/token_request.h"

#include <chrono>
#include <string>

namespace quivive::agent {

inline constexpr std::chrono::milliseconds kEndpointTimeout{30'000};

struct EndpointAnswer {
  std::uint16_t status = 0;
  std::string body;  // up to client::kMaxTokenResponseBytes; more is an error
};

// Any status is an answer; an Error, one line without a secret, means that there was none.
[[nodiscard]] Result<EndpointAnswer> post(Exchanger& exchanger, const client::TokenRequest& request,
                                          std::chrono::milliseconds patience = kEndpointTimeout);
// A GET of metadata. An Error also where the URL is no https one (http: this machine only), or answers other than 200.
[[nodiscard]] Result<std::string> get_document(Exchanger& exchanger, const std::string& url,
                                               std::chrono::milliseconds patience = kEndpointTimeout);

// The refresh token grant (RFC 6749 section 6).
[[nodiscard]] client::RefreshOutcome refresh(Exchanger& exchanger, const client::TokenClient& client, const client::Token& token,
                                             const Clock& clock, std::chrono::milliseconds patience = kEndpointTimeout);

}  // namespace quivive::agent
