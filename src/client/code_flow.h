#pragma once
// Signing in with a browser: the authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636, RFC 8252, RFC 9207). The driver opens the URL
// and listens at the redirect URI.

#include "base/random.h"
#include "client/token_request.h"

namespace quivive::client {

struct AuthorizationServer {
  std::string authorization_endpoint;
  std::string issuer;         // "" where it is not known
  bool sends_issuer = false;  // its metadata say authorization_response_iss_parameter_supported (RFC 9207 section 3)
};

// What was asked, kept until the answer comes. One for each try.
struct CodeRequest {
  std::string url;  // for the browser
  std::string redirect_uri;
  Secret state;
  Secret verifier;  // code_verifier, 43 characters
};

// `redirect_uri`: of the machine itself, http://127.0.0.1:PORT/… (RFC 8252 section 7.3). An error where the endpoint is no https URL.
[[nodiscard]] Result<CodeRequest> code_request(const AuthorizationServer& server, const TokenClient& client, std::string_view redirect_uri,
                                               RandomSource& random);

// BASE64URL(SHA256(verifier)) (RFC 7636 section 4.2).
[[nodiscard]] std::string code_challenge(std::string_view verifier);

// The code of the query with which the browser came back. Errors: a parameter twice; another state than was sent; another issuer, or none where one
// is due; what the server said went wrong; no code.
[[nodiscard]] Result<Secret> read_code_answer(std::string_view query, const CodeRequest& request, const AuthorizationServer& server);

// For the token, answered as read_token_answer() reads it.
[[nodiscard]] Result<TokenRequest> code_token_request(const TokenClient& client, const CodeRequest& request, const Secret& code);

}  // namespace quivive::client
