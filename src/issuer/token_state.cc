#include "issuer/token_state.h"

#include "base/words.h"
#include "crypto/opaque_token.h"
#include "crypto/signature.h"
#include "issuer/client_authentication.h"
#include "issuer/grants.h"
#include "issuer/refresh_token.h"
#include "jose/verify_jwt.h"

#include <fmt/format.h>

namespace quivive::issuer {
namespace {

constexpr std::array<std::string_view, 6> kStateParameters = {"token", "token_type_hint", kClientParameters[0], kClientParameters[1], kClientParameters[2], kClientParameters[3]};

// An access token that we signed and that has not expired. Whether it was revoked is another question.
std::optional<jose::VerifiedJwt> read_access_token(const Service& service, std::string_view token, Instant now) {
  const auto keys = service.keys();
  const auto raw = jose::RawJwt::parse(token);
  if (keys == nullptr || !raw) return std::nullopt;
  jose::JwtPolicy::Builder builder(service.settings().url);
  for (const KeyRing::Key& one : keys->all()) builder.allow_algorithm(one.algorithm);
  const auto policy = builder.accept_any_audience().leeway(Duration{0}).require_type("at+jwt").build();
  if (!policy) return std::nullopt;
  const auto key = jose::select_key(*raw, *policy, *keys->keys());
  if (!key) return std::nullopt;
  crypto::SignatureVerifier verifier;
  auto verified = jose::verify(*raw, **key, *policy, now, verifier);
  if (!verified) return std::nullopt;
  return std::move(*verified);
}

std::string_view text_claim(const jose::VerifiedJwt& jwt, std::string_view name) { return string_member(jwt.claims(), name).value_or(""); }

Result<bool, Refusal> was_revoked(const Service& service, const jose::VerifiedJwt& jwt) {
  const auto revocations = service.revocations();
  if (!revocations) return store_failed();
  const auto issued = jwt.issued_at();
  return (*revocations)->revoked(jwt.issuer(), jwt.id().value_or(""), jwt.subject().value_or(""),
                                                    issued ? std::optional(unix_seconds(*issued)) : std::nullopt);
}

Result<void, Refusal> revoke(const Service& service, const store::ClientRecord& client, std::string_view token, Instant now) {
  const std::string& issuer = service.settings().url;
  if (looks_like_refresh_token(token)) {
    // Any token of the family will do, also one that the store dropped; another client's names no family of its own.
    const auto ended = service.store().revoke_family(family_of(mark_of(token), client.id), issuer, now);
    if (!ended) return store_failed();
    return {};
  }
  const auto jwt = read_access_token(service, token, now);
  // Threat: one client that ends another's tokens.
  if (!jwt || text_claim(*jwt, "client_id") != client.id || !jwt->id() || jwt->id()->empty()) return {};
  const auto added = service.store().add_revocation(
      {.issuer = issuer, .kind = store::RevocationKind::TokenId, .value = std::string(*jwt->id()), .cutoff = {}, .created = now, .forget = jwt->expires().value_or(now) + store::kLongestLeeway});
  if (!added) return store_failed();
  return {};
}

Result<JsonObject, Refusal> describe(const Service& service, const store::ClientRecord& client, std::string_view token, Instant now) {
  const JsonObject inactive{{"active", false}};
  if (looks_like_refresh_token(token)) {
    const auto found = service.store().find_refresh(crypto::opaque_token_digest(token));
    if (!found) return store_failed();
    if (!*found || (*found)->client != client.id || (*found)->used || (*found)->expires <= now) return inactive;
    const store::RefreshRecord& record = **found;
    // What the token endpoint would not take is none.
    const auto user = still_the_same_user(service, record.user, record.password_tag);
    if (!user && user.error().error != OAuthError::InvalidGrant) return user.error();
    if (!user) return inactive;
    return JsonObject{{"active", true}, {"iss", service.settings().url}, {"sub", record.user}, {"client_id", record.client}, {"scope", join(record.scopes)},
                      {"iat", unix_seconds(record.created)}, {"exp", unix_seconds(record.expires)}};
  }
  const auto jwt = read_access_token(service, token, now);
  if (!jwt) return inactive;
  const auto revoked = was_revoked(service, *jwt);
  if (!revoked) return revoked.error();
  if (*revoked) return inactive;
  JsonObject out{{"active", true}, {"token_type", "Bearer"}};
  for (const std::string_view name : {"iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti", "auth_time", "roles"}) {
    if (const Json* claim = member(jwt->claims(), name)) out[name] = copy_json(*claim);
  }
  return out;
}

// What both endpoints begin with.
struct Asked {
  store::ClientRecord client;
  std::string token;
};
Result<Asked, Refusal> read(const Service& service, const Request& request) {
  const auto parameters = Parameters::of_body(request.head.value(http::FieldId::ContentType), request.body, kStateParameters);
  if (!parameters) return parameters.error();
  auto client = authenticate_client(service.store(), service.settings(), request, *parameters);
  if (!client) return client.error();
  if (parameters->find("token").empty()) return Refusal{OAuthError::InvalidRequest, "token is missing"};
  return Asked{std::move(*client), std::string(parameters->find("token"))};
}

}  // namespace

Answer answer_revocation(const Service& service, const Request& request) {
  const std::string& realm = service.settings().url;
  const auto asked = read(service, request);
  if (!asked) return refused(asked.error(), realm);
  const auto done = revoke(service, asked->client, asked->token, request.now);
  if (!done) return refused(done.error(), realm);
  Answer out;
  out.content_type = {};
  out.client = asked->client.id;
  return out;
}

Answer answer_introspection(const Service& service, const Request& request) {
  const std::string& realm = service.settings().url;
  const auto asked = read(service, request);
  if (!asked) return refused(asked.error(), realm);
  // RFC 7662 section 4. Threat: token scanning by anybody who knows a public client's name.
  if (asked->client.proof == store::ClientProof::None) {
    return refused({OAuthError::UnauthorizedClient, "introspection is for clients that prove who they are"}, realm);
  }
  const auto described = describe(service, asked->client, asked->token, request.now);
  if (!described) return refused(described.error(), realm);
  Answer out = json_answer(*described);
  out.client = asked->client.id;
  return out;
}

}  // namespace quivive::issuer
