#pragma once
// The grants of the token endpoint, one function each: from a client that proved who it is, and what it brought, to what it gets.

#include "issuer/exchange.h"
#include "issuer/parameters.h"
#include "issuer/service.h"
#include "issuer/tokens.h"

#include <optional>
#include <string>

namespace quivive::issuer {

struct GrantRequest {
  const Service& service;
  const KeyRing& keys;
  const store::ClientRecord& client;
  const Parameters& parameters;
  Instant now;
};

struct Granted {
  Grant grant;
  AccessToken access;
  std::optional<Secret> refresh;
};

[[nodiscard]] Result<Granted, Refusal> grant_client_credentials(const GrantRequest& request);
[[nodiscard]] Result<Granted, Refusal> grant_authorization_code(const GrantRequest& request);
[[nodiscard]] Result<Granted, Refusal> grant_refresh_token(const GrantRequest& request);
[[nodiscard]] Result<Granted, Refusal> grant_device_code(const GrantRequest& request);

// What a user's sign-in came to at the client, and where the tokens of it begin.
struct SignInGrant {
  std::string_view code;  // borrowed: of the browser or the device, from which the family is named
  std::string user;
  std::string password_tag;
  std::vector<std::string> scopes;
  std::string nonce;
  Instant signed_in;
};
// The first tokens of a sign-in. Also where the client cannot refresh there is a family, so that its access token can be revoked with it.
[[nodiscard]] Result<Granted, Refusal> begin_family(const GrantRequest& request, const SignInGrant& sign_in);

// The user as they are now; InvalidGrant where they are gone or disabled, or have another password than at the sign-in.
[[nodiscard]] Result<store::UserRecord, Refusal> still_the_same_user(const Service& service, std::string_view user, std::string_view password_tag);

}  // namespace quivive::issuer
