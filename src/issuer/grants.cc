#include "issuer/grants.h"

#include "auth/session_token.h"
#include "crypto/opaque_token.h"
#include "issuer/grant_types.h"
#include "issuer/pkce.h"
#include "issuer/refresh_token.h"
#include "issuer/scopes.h"

#include <algorithm>

namespace quivive::issuer {
namespace {

using store::OAuthStore;

Refusal invalid_grant(std::string_view why) { return {OAuthError::InvalidGrant, std::string(why)}; }

Result<AccessToken, Refusal> signed_token(const GrantRequest& request, const Grant& grant) {
  auto token = sign_access_token(request.keys, request.service.settings(), grant, request.service.random(), request.now);
  if (!token) return broken("the token cannot be signed");
  return std::move(*token);
}

}  // namespace

Result<store::UserRecord, Refusal> still_the_same_user(const Service& service, std::string_view user, std::string_view password_tag) {
  auto found = service.users().find_user(user);
  if (!found) return store_failed();
  if (!*found || (*found)->disabled) return invalid_grant("the user cannot sign in any more");
  if (auth::password_tag((*found)->password_hash) != password_tag) return invalid_grant("the user has another password now: sign in again");
  return std::move(**found);
}

Result<Granted, Refusal> grant_client_credentials(const GrantRequest& request) {
  // RFC 6749 section 4.4: confidential clients only.
  if (request.client.proof == store::ClientProof::None) return Refusal{OAuthError::UnauthorizedClient, "a client without a secret has no access of its own"};
  auto scopes = grant_scopes(request.parameters.find("scope"), request.client.scopes);
  if (!scopes) return scopes.error();
  Granted out;
  out.grant = {.subject = store::client_subject(request.client.id), .client = request.client.id, .scopes = std::move(*scopes), .roles = {}, .signed_in = {}, .nonce = {}};
  auto token = signed_token(request, out.grant);
  if (!token) return token.error();
  out.access = std::move(*token);
  return out;
}

Result<Granted, Refusal> begin_family(const GrantRequest& request, const SignInGrant& sign_in) {
  const auto user = still_the_same_user(request.service, sign_in.user, sign_in.password_tag);
  if (!user) return user.error();
  Granted out;
  out.grant = {.subject = sign_in.user, .client = request.client.id, .scopes = sign_in.scopes, .roles = user->roles, .signed_in = sign_in.signed_in, .nonce = sign_in.nonce};
  auto token = signed_token(request, out.grant);
  if (!token) return token.error();
  out.access = std::move(*token);
  const Secret mark = family_mark(sign_in.code);
  Secret refresh = make_refresh_token(mark.reveal(RevealSecret{}), request.service.random());
  const bool refreshes = request.client.may_use(kRefreshToken);
  const Instant end = request.now + request.service.settings().refresh_token_lifetime;
  store::RefreshRecord record{.digest = crypto::opaque_token_digest(refresh.reveal(RevealSecret{})), .family = family_of(mark.reveal(RevealSecret{}), request.client.id), .client = request.client.id,
                              .user = sign_in.user, .password_tag = sign_in.password_tag, .scopes = sign_in.scopes, .signed_in = sign_in.signed_in,
                              .created = request.now, .expires = refreshes ? end : out.access.expires, .used = {}, .access_id = out.access.id,
                              .access_expires = out.access.expires};
  const auto added = request.service.store().add_refresh(record);
  if (!added || *added == store::Change::Exists) return store_failed();
  // In between its code came a second time, or the client was revoked.
  if (*added == store::Change::NotFound) return invalid_grant("all that came of this sign-in was revoked");
  if (refreshes) out.refresh = std::move(refresh);
  return out;
}

Result<Granted, Refusal> grant_authorization_code(const GrantRequest& request) {
  const std::string_view code = request.parameters.find("code");
  if (code.empty()) return Refusal{OAuthError::InvalidRequest, "code is missing"};
  const Refusal unknown = invalid_grant("the code is unknown, expired, or of another client or redirect URI");
  if (!crypto::looks_like_opaque_token(code)) return unknown;
  // Taken before anything but the client is compared: a code gets one try.
  const auto taken = request.service.store().take_code(crypto::opaque_token_digest(code), request.client.id);
  if (!taken) return store_failed();
  if (taken->taken == OAuthStore::Taken::Unknown) return unknown;
  const store::CodeRecord& record = taken->code;
  if (taken->taken == OAuthStore::Taken::Used) {
    // RFC 6749 section 4.1.2. Threat: a code that was intercepted: whoever came first, what they got ends.
    const auto ended = request.service.store().revoke_family(record.family, request.service.settings().url, request.now);
    if (!ended) return store_failed();
    return invalid_grant("the code was used before: all that came of it is revoked");
  }
  if (record.expires <= request.now) return unknown;
  const std::string_view redirect_uri = request.parameters.find("redirect_uri");
  if (!redirect_uri.empty() && redirect_uri != record.redirect_uri) return unknown;
  if (!verifier_fits(request.parameters.find("code_verifier"), record.challenge)) return invalid_grant("code_verifier is missing, or does not fit the code_challenge");
  return begin_family(request, {code, record.user, record.password_tag, record.scopes, record.nonce, record.signed_in});
}

Result<Granted, Refusal> grant_refresh_token(const GrantRequest& request) {
  const std::string_view token = request.parameters.find("refresh_token");
  if (token.empty()) return Refusal{OAuthError::InvalidRequest, "refresh_token is missing"};
  const Refusal unknown = invalid_grant("the refresh token is unknown, expired, revoked, or of another client: sign in again");
  // OAuth 2.1 section 4.3.1. Threat: a refresh token that was copied: the thief and the client cannot be told apart, so both end.
  const Refusal reused = invalid_grant("the refresh token was used before: all that came of this sign-in is revoked; sign in again");
  if (!looks_like_refresh_token(token)) return unknown;
  const std::string digest = crypto::opaque_token_digest(token);
  store::Store& store = request.service.store();
  const Settings& settings = request.service.settings();
  const auto found = store.find_refresh(digest);
  if (!found) return store_failed();
  if (!*found) {
    // Used so long ago that the store dropped it, if its family lives.
    const auto ended = store.revoke_family(family_of(mark_of(token), request.client.id), settings.url, request.now);
    if (!ended) return store_failed();
    return *ended > 0 ? reused : unknown;
  }
  if ((*found)->client != request.client.id || (*found)->expires <= request.now) return unknown;
  const store::RefreshRecord& record = **found;
  const auto user = still_the_same_user(request.service, record.user, record.password_tag);
  if (!user) {
    if (user.error().error != OAuthError::InvalidGrant) return user.error();
    const auto ended = store.revoke_family(record.family, settings.url, request.now);
    if (!ended) return store_failed();
    return user.error();
  }
  auto scopes = grant_scopes(request.parameters.find("scope"), record.scopes);
  if (!scopes) return scopes.error();
  Granted out;
  out.grant = {.subject = record.user, .client = record.client, .scopes = std::move(*scopes), .roles = user->roles, .signed_in = record.signed_in, .nonce = {}};
  auto access = signed_token(request, out.grant);
  if (!access) return access.error();
  out.access = std::move(*access);
  Secret next = make_refresh_token(mark_of(token), request.service.random());
  store::RefreshRecord following = record;
  following.digest = crypto::opaque_token_digest(next.reveal(RevealSecret{}));
  following.created = request.now;
  following.used.reset();
  following.access_id = out.access.id;
  following.access_expires = out.access.expires;
  const auto rotated = store.rotate_refresh(digest, following, settings.refresh_grace, settings.url);
  if (!rotated) return store_failed();
  switch (*rotated) {
    case OAuthStore::Rotation::Rotated: break;
    case OAuthStore::Rotation::Reused: return reused;
    case OAuthStore::Rotation::TooOften: return invalid_grant("tokens were refreshed too often: all that came of this sign-in is revoked; sign in again");
    case OAuthStore::Rotation::Unknown: return unknown;
  }
  out.refresh = std::move(next);
  return out;
}

Result<Granted, Refusal> grant_device_code(const GrantRequest& request) {
  const std::string_view code = request.parameters.find("device_code");
  if (code.empty()) return Refusal{OAuthError::InvalidRequest, "device_code is missing"};
  const Refusal unknown = invalid_grant("the device code is unknown, was used, or is of another client");
  if (!crypto::looks_like_opaque_token(code)) return unknown;
  const auto polled = request.service.store().poll_device(crypto::opaque_token_digest(code), request.client.id, request.now);
  if (!polled) return store_failed();
  if (!*polled) return unknown;
  const store::DeviceRecord& device = **polled;
  if (device.expires <= request.now) return Refusal{OAuthError::ExpiredToken, "nobody approved it in time: begin again"};
  switch (device.state) {
    case store::DeviceState::Denied: return Refusal{OAuthError::AccessDenied, "the user said no"};
    case store::DeviceState::Pending: {
      // A second of leeway for clocks and the way here; the first poll may come at once.
      const bool early = device.polled != device.created && request.now - device.polled < kDevicePollInterval - std::chrono::seconds(1);
      if (early) return Refusal{OAuthError::SlowDown, "asked again too soon: wait five seconds longer each time"};
      return Refusal{OAuthError::AuthorizationPending, "the user has not answered yet"};
    }
    case store::DeviceState::Approved: break;
  }
  return begin_family(request, {code, device.user, device.password_tag, device.scopes, {}, device.signed_in});
}

}  // namespace quivive::issuer
