#include "issuer/token_endpoint.h"

#include "base/words.h"
#include "issuer/client_authentication.h"
#include "issuer/grant_types.h"
#include "issuer/grants.h"
#include "issuer/scopes.h"

#include <algorithm>

namespace quivive::issuer {
namespace {

constexpr std::array<std::string_view, 11> kTokenParameters = {"grant_type", "scope", "code", "redirect_uri", "code_verifier", "refresh_token", "device_code",
                                                          kClientParameters[0], kClientParameters[1], kClientParameters[2], kClientParameters[3]};

struct GrantRow {
  std::string_view type;
  Result<Granted, Refusal> (*grant)(const GrantRequest&);
};
constexpr GrantRow kGrants[] = {{kClientCredentials, grant_client_credentials},
                                {kAuthorizationCode, grant_authorization_code},
                                {kRefreshToken, grant_refresh_token},
                                {kDeviceCode, grant_device_code}};

Result<Granted, Refusal> granted(const GrantRequest& request) {
  const std::string_view type = request.parameters.find("grant_type");
  if (type.empty()) return Refusal{OAuthError::InvalidRequest, "grant_type is missing"};
  const auto row = std::ranges::find(kGrants, type, &GrantRow::type);
  // Also a refresh of what was begun while users could sign in.
  const bool offered = row != std::end(kGrants) && (request.service.settings().users_sign_in || type == kClientCredentials);
  if (!offered) return Refusal{OAuthError::UnsupportedGrantType, "the grant type is not one of those in the metadata"};
  if (!request.client.may_use(type)) {
    return Refusal{OAuthError::UnauthorizedClient, "the client was not made for this grant type"};
  }
  return row->grant(request);
}

Answer answered(const GrantRequest& request, const Granted& granted) {
  JsonObject body{{"access_token", granted.access.text}, {"token_type", "Bearer"}, {"expires_in", unix_seconds(granted.access.expires) - unix_seconds(request.now)}};
  if (granted.refresh) body["refresh_token"] = granted.refresh->reveal(RevealSecret{});
  if (!granted.grant.scopes.empty()) body["scope"] = join(granted.grant.scopes);
  if (granted.grant.signed_in && has_scope(granted.grant.scopes, "openid")) {
    const auto id_token = sign_id_token(request.keys, request.service.settings(), granted.grant, granted.access.text, request.now);
    if (!id_token) return refused(broken("the ID token cannot be signed"), request.service.settings().url);
    body["id_token"] = *id_token;
  }
  Answer out = json_answer(body);
  out.client = request.client.id;
  out.subject = granted.grant.subject;
  return out;
}

}  // namespace

Answer answer_token(const Service& service, const Request& request) {
  const std::string& realm = service.settings().url;
  const auto parameters = Parameters::of_body(request.head.value(http::FieldId::ContentType), request.body, kTokenParameters);
  if (!parameters) return refused(parameters.error(), realm);
  const auto client = authenticate_client(service.store(), service.settings(), request, *parameters);
  if (!client) return refused(client.error(), realm);
  const auto keys = service.keys();
  if (keys == nullptr) return refused(broken("there is no signing key yet"), realm);
  const GrantRequest wanted{service, *keys, *client, *parameters, request.now};
  const auto got = granted(wanted);
  if (got) return answered(wanted, *got);
  Answer out = refused(got.error(), realm);
  out.client = client->id;
  return out;
}

}  // namespace quivive::issuer
